import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { findDeclaration } from '@tidemark/domains/index';
import { type ClickHouse, createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { createObjectStore, type ObjectStore } from '@tidemark/platform/object-store';
import {
  ageFloors,
  compressClock,
  countFolds,
  maintainFast,
  padSegments,
  shrinkHotBlocks,
} from '../support/compressed-time.ts';
import { accountFor } from '../support/count-acknowledged.ts';
import { keepRunning } from '../support/keep-running.ts';
import { isSoak, reportSoak } from '../support/soak.ts';
import { type SteadyProducer, startSteadyProducer } from '../support/steady-producer.ts';
import { readStreamStatus } from '../support/stream-status.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/**
 * Whoever counts while the lake grows, gold is refreshed and folded, files are rewritten, snapshots expire and hot rows
 * are trimmed never sees fewer events than before, and none that was not produced.
 */

const DURATION_MS = isSoak ? 120_000 : 35_000;
/** Two minutes hold an hour of compactions, one a minute, and of maintenance more than a day's runs. */
const COMPACTION_EVERY_MS = 2_000;
const MAINTENANCE_EVERY_MS = 4_000;
/** Maintenance keeps readers' snapshots for an hour, which is a quarter of the time here. */
const CLOCK_FACTOR = (4 * 3_600_000) / DURATION_MS;
/** So long a busy machine may take until everything has happened that readers are to be right beside. */
const AT_MOST_MS = DURATION_MS + 120_000;
const EVENTS_PER_SECOND = 200;
const BLOCK_OFFSETS = 100;
/** ClickHouse answers eight queries of one user at once. */
const CLIENTS = 6;
const QUERIES_PER_SECOND = 100;
/** A third of what two cores have given on a slow evening, beside everything else. */
const LEAST_PER_SECOND = 8;
/** Floors stand after this long, instead of a quarter of an hour. */
const STAND_MS = 15_000;
const QUERY_LIMIT_MS = 14_000;
/** Gold is folded above 100 segments. */
const PADDING = 97;

const COUNTS = [
  'SELECT count() AS events FROM retail.retail_events_unified',
  'SELECT sum(transaction_count) AS events FROM retail.daily_sales_summary',
];

let stack: TestStack;
let declaration: StreamDeclaration;
let producer: SteadyProducer;
let readers: ClickHouse[];

beforeAll(async () => {
  stack = await startTestStack({ hasSchedules: false });
  declaration = await shrinkHotBlocks(findDeclaration('retail_events'), BLOCK_OFFSETS, stack.admin);
  readers = Array.from({ length: CLIENTS }, () => createClickHouse(readConfig(stack.environment), 'query'));
  producer = await startSteadyProducer(stack.urls.kafkaBrokers, EVENTS_PER_SECOND);
  await waitUntil(() => producer.acknowledged.size > 0, { withinMs: 60_000 });
  await compactAndRefresh();
}, 300_000);

afterAll(async () => {
  await producer?.stop();
  await Promise.all((readers ?? []).map((reader) => reader.close()));
  await stack?.stop();
}, 120_000);

it('counts beside everything that moves data, up to a hundred a second, never go back and never ahead', async () => {
  const done = { compactions: 0, folded: 0, rewritten: 0, expired: 0, blocks: 0 };
  const batch = keepRunning(async () => {
    const pause = sleep(COMPACTION_EVERY_MS);
    await compactAndRefresh();
    await padSegments(stack.admin, PADDING);
    done.folded = await countFolds(stack.admin);
    done.compactions += 1;
    await pause;
  });
  const clock = compressClock(CLOCK_FACTOR);
  const store = openStore(stack.environment);
  const maintenance = keepRunning(async () => {
    const pause = sleep(MAINTENANCE_EVERY_MS);
    const { tables, hot } = await maintainFast(declaration, { clickhouse: stack.admin, store, clock });
    for (const { rewritten, expiredSnapshots } of Object.values(tables)) {
      done.rewritten += rewritten.filesBefore;
      done.expired += expiredSnapshots;
    }
    done.blocks += hot.blocks;
    await ageFloors(stack.admin, STAND_MS);
    await pause;
  });
  const startedAtMs = Date.now();
  const isOver = () => {
    const elapsed = Date.now() - startedAtMs;
    const hasAllHappened = Object.values(done).every((times) => times > 0);
    return elapsed > AT_MOST_MS || (elapsed > DURATION_MS && hasAllHappened);
  };
  const counting = Promise.all(Array.from({ length: CLIENTS }, (_, client) => count(client, isOver)));
  const clients = await batch.throughout(maintenance.throughout(counting));
  const elapsedMs = Date.now() - startedAtMs;
  await Promise.all([batch.stop(), maintenance.stop()]);

  const all = clients.flatMap(({ durationsMs }) => durationsMs).sort((a, b) => a - b);
  const refused = clients.reduce((sum, client) => sum + client.refused, 0);
  const rate = (all.length / (elapsedMs / 1000)).toFixed(0);
  await reportSoak('Readers', [
    `${all.length} counts in ${(elapsedMs / 1000).toFixed(0)} s, ${rate} a second by ${CLIENTS} clients; ${refused} were refused and asked again.`,
    `Median ${all[Math.floor(all.length / 2)]?.toFixed(0)} ms, longest ${all.at(-1)?.toFixed(0)} ms.`,
    `Meanwhile ${producer.sent} events came, ${done.compactions} compactions and refreshes, ${done.folded} gold tables folded, ${done.rewritten} files rewritten, ${done.expired} snapshots expired, ${done.blocks} hot blocks trimmed.`,
    `They would ask ${QUERIES_PER_SECOND} times a second: why two cores do not answer so often, docs/decisions.md says.`,
  ]);
  expect(clients.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(all.at(-1)).toBeLessThan(QUERY_LIMIT_MS);
  // A busy machine asks less often, but it has to ask.
  expect(all.length / (elapsedMs / 1000)).toBeGreaterThan(LEAST_PER_SECOND);
  for (const times of Object.values(done)) expect(times).toBeGreaterThan(0);
}, 300_000);

it('in the end each event is counted once', async () => {
  await producer.stop();
  const { acknowledged } = producer;
  await waitUntil(async () => (await readStreamStatus(stack.urls.api)).lag_records === 0, { withinMs: 60_000 });
  await compactAndRefresh();
  const { sums, ...account } = await accountFor(acknowledged, stack.reader);
  expect(account).toEqual({ missing: [], repeated: [], unifiedCount: acknowledged.size });
  expect(new Set(sums)).toEqual(new Set([sums[0]]));
}, 120_000);

async function compactAndRefresh(): Promise<void> {
  await stack.invoke('compact', { stream: 'retail_events' });
  await stack.invoke('refreshGold', { domain: 'retail_events' });
}

function openStore(environment: Readonly<Record<string, string>>): ObjectStore {
  const { LAKE_BUCKET = '', AWS_REGION = '', S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID ?? '', secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '' };
  return createObjectStore({ bucket: LAKE_BUCKET, region: AWS_REGION, endpoint: S3_ENDPOINT, credentials });
}

interface Counted {
  readonly durationsMs: number[];
  readonly wrong: string[];
  refused: number;
}

/** One client: asks one count after the other, by turns of the raw events and of gold. */
async function count(client: number, isOver: () => boolean): Promise<Counted> {
  const reader = readers[client] as ClickHouse;
  const counted: Counted = { durationsMs: [], wrong: [], refused: 0 };
  let seen = 0;
  for (let turn = client; !isOver(); turn += 1) {
    const pause = sleep((1000 * CLIENTS) / QUERIES_PER_SECOND);
    const sql = COUNTS[turn % COUNTS.length] as string;
    const askedAtMs = performance.now();
    const events = await ask(reader, sql, counted);
    const { sent } = producer;
    counted.durationsMs.push(performance.now() - askedAtMs);
    if (events < seen || events > sent) counted.wrong.push(`${sql}: ${events}, after ${seen}, of ${sent} produced`);
    seen = Math.max(seen, events);
    await pause;
  }
  return counted;
}

/** A view below the floor says that it is to be asked again. */
async function ask(reader: ClickHouse, sql: string, counted: Counted): Promise<number> {
  for (;;) {
    try {
      const { rows } = await reader.query<{ events: number }>(sql);
      return Number(rows[0]?.events);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('send the query again')) throw error;
      counted.refused += 1;
    }
  }
}
