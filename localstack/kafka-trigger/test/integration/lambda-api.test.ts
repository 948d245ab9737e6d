import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildEvent } from '../../src/core/event.ts';
import type { Invoker } from '../../src/invokers/invoker.ts';
import { createLambdaApiInvoker } from '../../src/invokers/lambda-api.ts';
import { createRecord } from '../support/records.ts';

const EVENT = buildEvent({ kind: 'self-managed', bootstrapServers: 'b-1:9092' }, [
  { topic: 't', partition: 0, records: [createRecord(1)] },
]);

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
  invoker = createLambdaApiInvoker({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  await invoker.close();
  server.closeAllConnections();
  server.close();
});

const invoke = (next: typeof answer, functionTimeoutMs = 60_000) => {
  answer = next;
  return invoker.invoke({ functionKey: 'ingest', functionName: 'shop-dev-ingest', functionTimeoutMs }, EVENT);
};

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
    await expect(invoke({ headers, body: '{"errorMessage":"boom"}' })).rejects.toThrow('Unhandled: boom');
  });

  it('refuses with a status of its own', async () => {
    await expect(invoke({ status: 404, body: '{"Message":"no such function"}' })).rejects.toThrow('no such function');
  });

  it('that breaks the connection fails the batch', async () => {
    await expect(invoke('cut')).rejects.toThrow();
  });

  it('that does not answer within the timeout of the function fails the batch', async () => {
    await expect(invoke('never', -4_900)).rejects.toThrow();
  });
});
