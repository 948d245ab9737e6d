import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildEvent } from '../../src/core/event.ts';
import { FunctionError, type Invoker } from '../../src/invokers/invoker.ts';
import { createLambdaApiInvoker } from '../../src/invokers/lambda-api.ts';
import { createRecord } from '../support/records.ts';

const EVENT = buildEvent({ kind: 'self-managed', bootstrapServers: 'b-1:9092' }, [
  { topic: 't', partition: 0, records: [createRecord(1)] },
]);

const CONFIG = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
const TARGET = { functionKey: 'ingest', functionName: 'shop-dev-ingest', functionTimeoutMs: 60_000 };

type Answer = { status?: number; headers?: Record<string, string>; body?: string };

let server: Server;
let invoker: Invoker;
let answer: Answer | 'never' | 'cut';
let received: { url: string | undefined; body: string };

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received = { url: request.url, body: Buffer.concat(chunks).toString() };
    if (answer === 'cut') request.socket.destroy();
    else if (answer !== 'never') response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  invoker = createLambdaApiInvoker({ ...CONFIG, endpoint });
});
afterAll(async () => {
  await invoker.close();
  server.closeAllConnections();
  server.close();
});

const invoke = (next: typeof answer, functionTimeoutMs = 60_000) => {
  answer = next;
  return invoker.invoke({ ...TARGET, functionTimeoutMs }, EVENT);
};

const rejectionOf = (invocation: Promise<unknown>): Promise<unknown> =>
  invocation.then(
    () => undefined,
    (error: unknown) => error,
  );

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
describe('the Lambda Invoke API', () => {
  it('is called with the event, and its answer is the response', async () => {
    await expect(invoke({ body: '{"batchItemFailures":[]}' })).resolves.toEqual({ batchItemFailures: [] });
    expect(received.url).toBe('/2015-03-31/functions/shop-dev-ingest/invocations');
    expect(JSON.parse(received.body)).toEqual(EVENT);
  });

  it('may answer nothing', async () => {
    await expect(invoke({ status: 200, body: '' })).resolves.toBeNull();
  });

  it('tells of a function error by a header at status 200', async () => {
    const headers = { 'x-amz-function-error': 'Unhandled' };
    const error = await rejectionOf(invoke({ headers, body: '{"errorMessage":"boom"}' }));
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({ message: 'Unhandled: boom' });
  });

  it('that does not answer within the timeout of the function has a function that timed out', async () => {
    const error = await rejectionOf(invoke('never', -4_900));
    expect(error).toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({ message: expect.stringContaining('timeout') });
  });

  it.each([
    ['refuses with a status of its own', { status: 404, body: '{"Message":"no such function"}' }, 'no such function'],
    ['throttles', { status: 429, body: '{"Message":"Rate Exceeded"}' }, 'Rate Exceeded'],
    ['fails', { status: 500, body: '{"Message":"out of order"}' }, 'out of order'],
    ['breaks the connection', 'cut' as const, 'socket hang up'],
  ])('that %s has not run the function', async (_name, next, message) => {
    const error = await rejectionOf(invoke(next));
    expect(error).not.toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('that is not there has not run the function', async () => {
    const away = createLambdaApiInvoker({ ...CONFIG, endpoint: 'http://127.0.0.1:1' });
    const error = await rejectionOf(away.invoke(TARGET, EVENT));
    await away.close();
    expect(error).not.toBeInstanceOf(FunctionError);
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  });
});
