import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLog } from '../../src/log.ts';
import { Poller } from '../../src/poller.ts';
import { createInvoker, createMapping, createSession } from '../support/fakes.ts';
import { createMessage } from '../support/records.ts';

const README = join(__dirname, '../../README.md');

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-11-14T00:38:06.021Z') });
});
afterEach(() => {
  jest.useRealTimers();
});

/** The lines about a batch of three records in two partitions, whose function runs for 57 ms. */
async function logBatch(isVerbose: boolean) {
  const lines: string[] = [];
  const log = createLog({ isVerbose, write: (line) => lines.push(line) });
  const { invoker, events } = createInvoker(() => new Promise((resolve) => setTimeout(resolve, 57)));
  const poller = new Poller(createMapping({ windowMs: 500 }), {
    invoker,
    log,
    source: { kind: 'self-managed', bootstrapServers: 'b-1:9092' },
    maxConcurrency: 1,
    sleep: async () => {},
  });
  const partitions = [0, 1].map((partition) => ({ topic: 't', partition }));
  poller.onAssigned(partitions, true);
  poller.attach(createSession().session);
  lines.length = 0;
  const fetched = [
    { topic: 't', partition: 0, messages: [createMessage(5), createMessage(7)], nextOffset: 8, endOffset: 10 },
    { topic: 't', partition: 1, messages: [createMessage(0, 'größer')], nextOffset: 1, endOffset: 1 },
  ];
  for (const each of fetched) poller.onFetched(each);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
  return { lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>), event: events[0] };
}

describe('the log', () => {
  it('has one line a batch, with the size of its event and how long the function ran, and no payload', async () => {
    const { lines, event } = await logBatch(false);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'batch',
        time: '2026-11-14T00:38:06.578Z',
        source: 'kafka-trigger',
        mapping: 'Orders',
        function: 'ingest',
        topic: 't',
        partitions: [
          { partition: 0, first_offset: 5, last_offset: 7, lag: 2 },
          { partition: 1, first_offset: 0, last_offset: 0, lag: 0 },
        ],
        records: 3,
        bytes: Buffer.byteLength(JSON.stringify(event)),
        attempt: 1,
        duration_ms: 57,
        outcome: 'delivered',
      },
    ]);
  });

  it('shows the event too when it is verbose', async () => {
    const { lines, event } = await logBatch(true);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['debug', 'event'],
      ['info', 'batch'],
    ]);
    expect(lines[0]).toMatchObject({ mapping: 'Orders', event });
  });

  it('of a batch has the fields that the README shows', async () => {
    const readme = await readFile(README, 'utf8');
    const [, shown = ''] = /```json\n(.+?)```/s.exec(readme) ?? [];
    const { lines } = await logBatch(false);
    expect(Object.keys(JSON.parse(shown) as object)).toEqual(Object.keys(lines[0] ?? {}));
  });
});
