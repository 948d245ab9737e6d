import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createObjectStore, type ObjectStore, type ObjectStoreOptions } from '../../../layers/platform/object-store.ts';
import { type Ministack, startMinistack } from '../../support/ministack.ts';

let ministack: Ministack;
let options: ObjectStoreOptions;
let store: ObjectStore;

const bytesOf = (text: string) => new TextEncoder().encode(text);

beforeAll(async () => {
  ministack = await startMinistack();
  options = await ministack.createBucket('objects');
  store = createObjectStore(options);
}, 300_000);

afterAll(() => ministack?.stop());

describe('the object store', () => {
  it('gives back what was put, and undefined for what is not there', async () => {
    const body = Uint8Array.of(0, 10, 10, 255);
    await store.put('a/b c/ü.bin', body);
    expect(await store.get('a/b c/ü.bin')).toEqual(body);
    expect(await store.exists('a/b c/ü.bin')).toBe(true);
    expect(await store.get('a/none')).toBeUndefined();
    expect(await store.exists('a/none')).toBe(false);
  });

  it('lets one of many conditional writers win', async () => {
    const writers = Array.from({ length: 20 }, (_, index) => String(index));
    const outcomes = await Promise.all(writers.map((who) => store.putIfAbsent('race', bytesOf(who))));
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'exists')).toHaveLength(19);
    const winner = new TextDecoder().decode(await store.get('race'));
    expect(outcomes[Number(winner)]).toBe('created');
  });

  it('lists in key order and over pages, only what has the prefix', async () => {
    const keys = Array.from({ length: 1_010 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (let from = 0; from < keys.length; from += 50) {
      await Promise.all(keys.slice(from, from + 50).map((key) => store.put(key, bytesOf('x'))));
    }
    const listed: string[] = [];
    for await (const { key, sizeBytes, modifiedAt } of store.list('many/')) {
      listed.push(key);
      expect(sizeBytes).toBe(1);
      expect(modifiedAt.getTime()).toBeGreaterThan(0);
    }
    expect(listed).toEqual(keys);
  }, 60_000);

  it('deletes, also what is not there', async () => {
    await store.put('gone', bytesOf('x'));
    await store.delete('gone');
    await store.delete('gone');
    expect(await store.exists('gone')).toBe(false);
  });

  it('says final where the bucket is missing, and retryable where nobody answers', async () => {
    const noBucket = createObjectStore({ ...options, bucket: 'no-such-bucket' });
    await expect(noBucket.get('x')).rejects.toMatchObject({ name: 'TidemarkError', retryable: false });
    await expect(noBucket.put('x', bytesOf('x'))).rejects.toMatchObject({ retryable: false });
    const nobody = createObjectStore({ ...options, endpoint: 'http://127.0.0.1:1' });
    await expect(nobody.get('x')).rejects.toMatchObject({ name: 'TidemarkError', retryable: true });
  });

  it('sits out two answers of 503, and says retryable when there are no others', async () => {
    const busy = await startProxy((attempt) => (attempt <= 2 ? 'refuse' : 'pass'));
    const patient = createObjectStore({ ...options, endpoint: busy.endpoint });
    await patient.put('after-503', bytesOf('x'));
    expect(await store.exists('after-503')).toBe(true);
    expect(busy.attempts()).toBe(3);
    await busy.stop();

    const down = await startProxy(() => 'refuse');
    const never = createObjectStore({ ...options, endpoint: down.endpoint });
    await expect(never.put('never', bytesOf('x'))).rejects.toMatchObject({ retryable: true });
    await down.stop();
  });

  it('finds its own object where the answer was lost after it was stored', async () => {
    const lossy = await startProxy((attempt) => (attempt === 1 ? 'store, then cut' : 'pass'));
    const cut = createObjectStore({ ...options, endpoint: lossy.endpoint });
    expect(await cut.putIfAbsent('cut', bytesOf('mine'))).toBe('exists');
    expect(Buffer.from((await store.get('cut')) ?? []).toString()).toBe('mine');
    expect(lossy.attempts()).toBe(2);
    await lossy.stop();
  });

  it('gives up on a server that takes the request and never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const hanging = createObjectStore({ ...options, endpoint: `http://127.0.0.1:${port}`, requestTimeoutMs: 100 });
    await expect(hanging.put('x', bytesOf('x'))).rejects.toMatchObject({ retryable: true });
    silent.closeAllConnections();
    silent.close();
  });
});

/** Stands before the store, and does to each request what it is told by the request's number; the first is 1. */
async function startProxy(decide: (attempt: number) => 'pass' | 'refuse' | 'store, then cut') {
  let attempts = 0;
  const target = new URL(options.endpoint ?? '');
  const server = createServer((incoming, outgoing) => {
    attempts += 1;
    const decision = decide(attempts);
    if (decision === 'refuse') {
      incoming.resume().once('end', () => outgoing.writeHead(503).end());
      return;
    }
    const { method, url: path, headers } = incoming;
    const forwarded = request({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      if (decision === 'store, then cut') outgoing.destroy();
      else answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    attempts: () => attempts,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
