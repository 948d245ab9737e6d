import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { accountFor } from '../support/count-acknowledged.ts';
import { type Cell, COINCIDING, fireFault, listCells } from '../support/fault-cells.ts';
import { type FaultStack, startFaultStack } from '../support/fault-stack.ts';
import { type KeptRunning, keepRunning } from '../support/keep-running.ts';
import { isSoak, reportSoak } from '../support/soak.ts';
import { type SteadyProducer, startSteadyProducer } from '../support/steady-producer.ts';
import { isAllInLake, readStreamStatus } from '../support/stream-status.ts';
import { tell } from '../support/tell.ts';
import { waitUntil } from '../support/wait-until.ts';

/**
 * Each fault at each component, under load with poison in it and while the lake and gold are written: what Kafka
 * acknowledged is counted once, and poison is a dead letter once. `npm run test:soak` has every cell.
 */

const EVENTS_PER_SECOND = 200;
const POISON_EVERY = 100;
const CAUGHT_UP_WITHIN_MS = 30_000;
const PAUSE_MS = 250;

/** Every fault, every component, and `kill -9` of each process. */
const CELLS: readonly Cell[] = isSoak
  ? listCells()
  : [
      { fault: 'SIGKILL', component: 'functions' },
      { fault: 'SIGKILL', component: 'clickhouse' },
      { fault: 'SIGKILL', component: 's3' },
      { fault: 'SIGKILL', component: 'kafka' },
      { fault: 'SIGSTOP', component: 'kafka' },
      { fault: 'reset', component: 'trigger' },
      { fault: 'latency', component: 's3' },
      { fault: 'cut', component: 'clickhouse' },
    ];

let stack: FaultStack;
let batch: KeptRunning;
const acknowledged = new Set<string>();
let poisoned = 0;
/** What batch functions said while something was broken. */
const batchErrors: string[] = [];
const report: string[] = [];

beforeAll(async () => {
  stack = await startFaultStack();
  batch = keepRunning(async () => {
    try {
      await stack.invoke('compact', { stream: 'retail_events' });
      await stack.invoke('refreshGold', { domain: 'retail_events' });
    } catch (error) {
      batchErrors.push(String(error));
    }
    await sleep(PAUSE_MS);
  });
}, 300_000);

afterAll(async () => {
  await batch?.stop();
  await stack?.stop();
  if (report.length < CELLS.length) return;
  await reportSoak('Faults', [
    '| Fault | Component | Took effect | Batch runs that failed | Lag zero after | Cell took |',
    '|---|---|---|---|---|---|',
    ...report,
    ...COINCIDING.map(({ fault, component, reason }) => `| ${fault} | ${component} | ${reason} | | | |`),
  ]);
}, 120_000);

it.each(CELLS)(
  '$fault of $component: every event is counted once, and the lag is gone within 30 s',
  async (cell) => {
    const startedAtMs = Date.now();
    const failedBefore = batchErrors.length;
    const { fired, overAtMs } = await produceThrough(cell);

    await waitUntil(
      async () => {
        const { lag_records, stored } = await readStreamStatus(stack.urls.api);
        return lag_records === 0 && stored >= acknowledged.size;
      },
      { withinMs: overAtMs + CAUGHT_UP_WITHIN_MS - Date.now(), everyMs: 100 },
    );
    const lagGoneMs = Date.now() - overAtMs;
    await expectEachCountedOnce();

    const failed = await waitForCleanRuns(failedBefore);
    await waitUntil(async () => isAllInLake(await readStreamStatus(stack.urls.api)), {
      withinMs: 60_000,
      everyMs: 200,
    });
    await expectEachCountedOnce();
    const seconds = (durationMs: number) => `${(durationMs / 1000).toFixed(1)} s`;
    const figures = [fired, failed, seconds(lagGoneMs), seconds(Date.now() - startedAtMs)];
    const line = `| ${[cell.fault, cell.component, ...figures].join(' | ')} |`;
    report.push(line);
    tell(line);
  },
  300_000,
);

it('in the end every offset is accounted for exactly once', async () => {
  await batch.stop();
  const ledger = (await stack.invoke('reconcile', { stream: 'retail_events', full: true })) as { is_clean: boolean };
  expect(ledger).toMatchObject({ is_clean: true });
}, 300_000);

/** Produces before, during and after the fault; what was acknowledged counts, also if the fault fails to come. */
async function produceThrough(cell: Cell): Promise<{ fired: number; overAtMs: number }> {
  const producer = await startSteadyProducer(stack.urls.kafkaBrokers, EVENTS_PER_SECOND, POISON_EVERY);
  try {
    await waitForMore(producer, 2 * EVENTS_PER_SECOND);
    const fired = await fireFault(cell, stack);
    const overAtMs = Date.now();
    await waitForMore(producer, EVENTS_PER_SECOND);
    expect(fired).toBeGreaterThan(0);
    expect(producer.poisoned).toBeGreaterThan(0);
    return { fired, overAtMs };
  } finally {
    await producer.stop();
    for (const id of producer.acknowledged) acknowledged.add(id);
    poisoned += producer.poisoned;
  }
}

async function waitForMore({ acknowledged: soFar }: SteadyProducer, events: number): Promise<void> {
  const before = soFar.size;
  await waitUntil(() => soFar.size >= before + events, { withinMs: 120_000 });
}

/** Compaction and gold go on. @returns how many runs had failed since `failedBefore` */
async function waitForCleanRuns(failedBefore: number): Promise<number> {
  const waitForRuns = async (runs: number): Promise<void> => {
    const before = batch.times;
    await batch.throughout(waitUntil(() => batch.times >= before + runs, { withinMs: 120_000, everyMs: 50 }));
  };
  await waitForRuns(1); // the one that was under way may have met the fault
  const failedByFault = batchErrors.length;
  await waitForRuns(2);
  expect(batchErrors.slice(failedByFault)).toEqual([]);
  return failedByFault - failedBefore;
}

/** To be asked while nothing is produced. */
async function expectEachCountedOnce(): Promise<void> {
  const { stored, rejected, open_gaps } = await readStreamStatus(stack.urls.api);
  const expected = { stored: acknowledged.size, rejected: poisoned, open_gaps: 0 };
  expect({ stored, rejected, open_gaps }).toEqual(expected);
  const { sums, ...account } = await accountFor(acknowledged, stack.reader);
  expect(account).toEqual({ missing: [], repeated: [], unifiedCount: acknowledged.size });
  expect(new Set(sums)).toEqual(new Set([sums[0]]));
  const { rows } = await stack.admin.query<{ records: number; positions: number }>(
    `SELECT count() AS records, uniqExact(_partition, _offset) AS positions
     FROM tidemark.dead_letters FINAL WHERE stream = 'retail_events'`,
  );
  expect(rows).toEqual([{ records: poisoned, positions: poisoned }]);
}
