import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PartName } from '../../localstack/start/stack.ts';
import { accountFor } from '../support/count-acknowledged.ts';
import { type KeptRunning, keepRunning } from '../support/keep-running.ts';
import { type SteadyProducer, startSteadyProducer } from '../support/steady-producer.ts';
import { readStreamStatus } from '../support/stream-status.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** `kill -9` of each part in turn, under load and compaction: what Kafka acknowledged is counted once. */

const EVENTS_PER_SECOND = 200;
const CAUGHT_UP_WITHIN_MS = 30_000;

let stack: TestStack;
let batch: KeptRunning;
const acknowledged = new Set<string>();
/** What batch functions said while a part was down. */
const batchErrors: string[] = [];

beforeAll(async () => {
  stack = await startTestStack();
  batch = keepRunning(async () => {
    try {
      await stack.invoke('compact');
      await stack.invoke('refreshGold');
    } catch (error) {
      batchErrors.push(String(error));
      await sleep(200);
    }
  });
}, 300_000);

afterAll(async () => {
  await batch?.stop();
  await stack?.stop();
}, 120_000);

describe.each(['functions', 'clickhouse', 'emulator', 'kafka'] as const)('after kill -9 of %s', (part) => {
  it('every acknowledged event is counted once, and the lag is gone within 30 s of its return', async () => {
    const producer = await startSteadyProducer(stack.urls.kafkaBrokers, EVENTS_PER_SECOND);
    await waitForMore(producer, 2 * EVENTS_PER_SECOND);
    await killAndWaitForReturn(part);
    const returnedAtMs = Date.now();
    await waitForMore(producer, EVENTS_PER_SECOND);
    await producer.stop();
    for (const id of producer.acknowledged) acknowledged.add(id);

    await waitUntil(
      async () => {
        const { lag_records, stored } = await readStreamStatus(stack.urls.api);
        return lag_records === 0 && stored >= acknowledged.size;
      },
      { withinMs: returnedAtMs + CAUGHT_UP_WITHIN_MS - Date.now(), everyMs: 100 },
    );
    const { stored, rejected, open_gaps, partitions } = await readStreamStatus(stack.urls.api);
    const produced = partitions.reduce((sum, { end_offset, log_start }) => sum + end_offset - log_start, 0);
    expect({ stored, rejected, open_gaps }).toEqual({ stored: produced, rejected: 0, open_gaps: 0 });
    await expectEachCountedOnce(produced);
  }, 180_000);

  it('compaction and gold go on, and change nothing', async () => {
    const errorsBefore = batchErrors.length;
    const timesBefore = batch.times;
    await batch.throughout(waitUntil(() => batch.times > timesBefore + 2, { withinMs: 60_000, everyMs: 50 }));
    expect(batchErrors.slice(errorsBefore)).toEqual([]);
    await waitUntil(
      async () => {
        const { partitions } = await readStreamStatus(stack.urls.api);
        return partitions.every(({ tidemark, end_offset }) => tidemark === end_offset);
      },
      { withinMs: 60_000, everyMs: 200 },
    );
    await expectEachCountedOnce((await readStreamStatus(stack.urls.api)).stored);
  }, 180_000);
});

async function waitForMore({ acknowledged: soFar }: SteadyProducer, events: number): Promise<void> {
  const before = soFar.size;
  await waitUntil(() => soFar.size >= before + events, { withinMs: 90_000 });
}

async function expectEachCountedOnce(produced: number): Promise<void> {
  const { sums, ...account } = await accountFor(acknowledged, stack.reader);
  expect(account).toEqual({ missing: [], repeated: [], unifiedCount: produced });
  expect(new Set(sums)).toEqual(new Set([sums[0]]));
}

/** A fault that has not fired fails here: the process is another one afterwards. */
async function killAndWaitForReturn(part: PartName): Promise<void> {
  const pid = stack.pid(part);
  expect(pid).toBeDefined();
  stack.kill(part, 'SIGKILL');
  await waitUntil(() => stack.pid(part) !== pid && stack.pid(part) !== undefined && stack.state(part) === 'ready', {
    withinMs: 90_000,
  });
}
