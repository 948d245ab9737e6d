import { describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { ClickHouseUnavailable } from '../../../layers/platform/clickhouse.ts';
import { ConfigError } from '../../../layers/platform/errors.ts';
import { createHttpHandler, jsonResponse, Problem } from '../../../layers/platform/http.ts';
import { silentLog } from '../../support/compaction.ts';

const REQUEST = { path: '/v1/queries/a/b' } as APIGatewayProxyEvent;

async function answerTo(error: unknown) {
  const logged: unknown[] = [];
  const log = { ...silentLog, error: (...line: unknown[]) => void logged.push(line) };
  const handler = createHttpHandler(() => Promise.reject(error), log);
  const { statusCode, headers, body } = await handler(REQUEST, {} as Context);
  return { statusCode, headers, document: JSON.parse(body), text: body, logged };
}

describe('an HTTP handler', () => {
  it('passes on what is answered, for no cache to keep', async () => {
    const handler = createHttpHandler(async () => jsonResponse({ data: [] }), silentLog);

    expect(await handler(REQUEST, {} as Context)).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
      body: '{"data":[]}',
    });
  });

  it('makes a problem its document, and no line in the log', async () => {
    const errors = [{ field: 'limit', message: 'must be a whole number' }];

    const { statusCode, headers, document, logged } = await answerTo(
      new Problem(400, 'Invalid parameters', 'limit must be a whole number', errors),
    );

    expect(statusCode).toBe(400);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json; charset=utf-8' });
    expect(document).toEqual({
      type: 'about:blank',
      title: 'Invalid parameters',
      status: 400,
      detail: 'limit must be a whole number',
      errors,
    });
    expect(logged).toEqual([]);
  });

  it('leaves out the list of fields where none is wrong', async () => {
    expect((await answerTo(new Problem(404, 'Unknown query', 'there is none'))).document).not.toHaveProperty('errors');
  });

  it('says 503, what is down and when to come back while a dependency is', async () => {
    const down = new ClickHouseUnavailable('connect ECONNREFUSED 10.0.0.7:8123 as admin', undefined, undefined);

    const { statusCode, headers, document, text, logged } = await answerTo(down);

    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({ 'retry-after': '1' });
    expect(document.detail).toBe('ClickHouse is not available. Try again shortly.');
    expect(text).not.toMatch(/10\.0\.0\.7|admin/);
    expect(logged).toHaveLength(1);
  });

  it('says 503 before its time is over, whatever it waits for', async () => {
    const handler = createHttpHandler(() => new Promise(() => undefined), silentLog);
    const context = { getRemainingTimeInMillis: () => 2100 } as Context;

    const { statusCode, body } = await handler(REQUEST, context);

    expect(statusCode).toBe(503);
    expect(JSON.parse(body)).toMatchObject({ status: 503, title: 'Service unavailable' });
  });

  it.each([
    ['a bug', new TypeError("Cannot read properties of undefined (reading 'secret')")],
    ['a setting that is missing', new ConfigError('CLICKHOUSE_QUERY_PASSWORD is not set')],
    ['what is no error at all', 'secret text'],
  ])('says 500 and nothing of the inside for %s', async (_what, error) => {
    const { statusCode, headers, text, logged } = await answerTo(error);

    expect(statusCode).toBe(500);
    expect(headers).not.toHaveProperty('retry-after');
    expect(text).not.toMatch(/secret|PASSWORD|undefined/i);
    expect(logged).toHaveLength(1);
  });
});
