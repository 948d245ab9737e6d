import { describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { answerBothWays } from '../../../functions/serving/dead-letters/answer-both-ways.ts';
import { replaySchema } from '../../../functions/serving/dead-letters/requests.ts';
import { openSettled } from '../../../functions/serving/dead-letters/settle-attempts.ts';
import { silentLog } from '../../support/compaction.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
const request = { stream: 'retail_events' };
const httpRequest = {
  httpMethod: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(request),
  isBase64Encoded: false,
};

/** A replay that finds an attempt which nobody followed up, and a Kafka that has forgotten it. */
const replay = answerBothWays(
  {
    schema: replaySchema,
    input: 'body',
    run: async ({ stream }) => {
      const pending = { attempt: 'a', sequence: 1, comment: '', positions: [['topic', 0, 7]] };
      const clickhouse = createRecordingClickHouse({ "action = 'begun'": [pending] });
      const openWriter = async () => ({ progress: undefined, write: async () => [], close: async () => {} });
      await openSettled({ stream, topic: 'topic', runId: 'r' }, { reader: clickhouse, writer: clickhouse, openWriter });
    },
  },
  silentLog,
);

describe('a replay whose outcome Kafka has forgotten', () => {
  it('is a conflict over HTTP, whose document says what to do and names the field', async () => {
    const { statusCode, body } = (await replay(httpRequest, context)) as { statusCode: number; body: string };
    expect(statusCode).toBe(409);
    expect(JSON.parse(body)).toMatchObject({
      status: 409,
      detail: expect.stringContaining('1 dead letters of retail_events were being replayed'),
      errors: [{ field: 'unresolved' }],
    });
  });

  it('is not looked for where the query string says something, which nothing reads', async () => {
    const asked = { ...httpRequest, multiValueQueryStringParameters: { stream: ['user_events'] } };
    const { statusCode, body } = (await replay(asked, context)) as { statusCode: number; body: string };
    expect({ statusCode, errors: JSON.parse(body).errors }).toEqual({
      statusCode: 400,
      errors: [{ field: 'stream', message: 'is not known here' }],
    });
  });

  it('is a failed invocation that says the same', async () => {
    await expect(replay(request, context)).rejects.toThrow('"unresolved": "replayed" or "open"');
  });
});
