import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { openHttpWire, openKafkaWire } from '../../support/fault-wire.ts';

/** The relay that the fault matrix trusts. */

let target: Server;
let proxy: FaultProxy;
const received: string[] = [];

beforeEach(async () => {
  received.length = 0;
  target = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received.push(String(chunk));
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
    });
  });
  target.listen(0, '127.0.0.1');
  await once(target, 'listening');
  const { port } = target.address() as { port: number };
  proxy = await startFaultProxy(port, openHttpWire);
});

afterEach(async () => {
  await proxy.close();
  target.close();
});

it('passes requests and answers', async () => {
  const { end, answer } = await ask('GET / HTTP/1.1\r\n\r\n');
  expect([answer, end, proxy.affected]).toEqual(['HTTP/1.1 200 OK\r\n\r\n', 'answered', 0]);
});

it('resets connections that are open, and new ones', async () => {
  const open = connect(proxy.port, '127.0.0.1');
  await once(open, 'connect');
  const broken = once(open, 'error');
  open.write('GET / HTTP/1.1\r\n\r\n');
  await once(open, 'data');
  proxy.begin({ kind: 'reset' });
  expect(await broken).toMatchObject([{ code: 'ECONNRESET' }]);
  expect((await ask('GET / HTTP/1.1\r\n\r\n')).end).toBe('broken');
  expect(proxy.affected).toBe(2);
});

it('lets a request through and cuts its answer, and no other', async () => {
  proxy.begin({ kind: 'cut-answer', cuts: (request) => request.startsWith('PUT ') });
  expect((await ask('GET /a HTTP/1.1\r\n\r\n')).end).toBe('answered');
  expect((await ask('PUT /b HTTP/1.1\r\n\r\n')).end).toBe('broken');
  expect([received.length, proxy.affected]).toEqual([2, 1]);
  proxy.end();
  expect((await ask('PUT /b HTTP/1.1\r\n\r\n')).end).toBe('answered');
});

it('delays answers', async () => {
  proxy.begin({ kind: 'latency', delayMs: 200 });
  const startedAtMs = performance.now();
  expect((await ask('GET / HTTP/1.1\r\n\r\n')).end).toBe('answered');
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(199);
  expect(proxy.affected).toBe(1);
});

it("names Kafka's requests, however their bytes are split", () => {
  const [commit, fetch] = [kafkaRequest(8, 1), kafkaRequest(1, 2)];
  const sent = Buffer.concat([commit, fetch]);
  const answers = Buffer.concat([kafkaAnswer(1), kafkaAnswer(2)]);
  const wire = openKafkaWire();
  for (const byte of sent) wire.send(Buffer.from([byte]));
  expect(wire.clientId).toBe('trigger');
  expect([...answers].flatMap((byte) => wire.answer(Buffer.from([byte])))).toEqual(['OffsetCommit', 'Fetch']);
  const other = openKafkaWire();
  other.send(sent);
  expect(other.answer(answers)).toEqual(['OffsetCommit', 'Fetch']);
});

async function ask(request: string): Promise<{ end: 'answered' | 'broken'; answer: string }> {
  const socket: Socket = connect(proxy.port, '127.0.0.1');
  let answer = '';
  const end = await new Promise<'answered' | 'broken'>((resolve) => {
    socket.on('data', (chunk) => {
      answer += chunk;
      resolve('answered');
    });
    socket.on('error', () => resolve('broken'));
    socket.on('close', () => resolve('broken'));
    socket.write(request);
  });
  socket.destroy();
  return { end, answer };
}

/** Size, API key, version, correlation id, client id, and a body of five bytes. */
function kafkaRequest(apiKey: number, correlationId: number): Buffer {
  const head = Buffer.alloc(14);
  head.writeInt32BE(10 + 'trigger'.length + 5, 0);
  head.writeInt16BE(apiKey, 4);
  head.writeInt32BE(correlationId, 8);
  head.writeInt16BE('trigger'.length, 12);
  return Buffer.concat([head, Buffer.from('trigger'), Buffer.alloc(5)]);
}

function kafkaAnswer(correlationId: number): Buffer {
  const answer = Buffer.alloc(11);
  answer.writeInt32BE(7, 0);
  answer.writeInt32BE(correlationId, 4);
  return answer;
}
