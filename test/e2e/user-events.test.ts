import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userEvents } from '@tidemark/domains/user_events/stream';
import { defineEventsTable, defineRecordsTable } from '../../functions/batch/compact/lake-definitions.ts';
import { expectUserEvents, prepareDuckDb } from '../support/expect-user-events.ts';
import { type KeptRunning, keepRunning } from '../support/keep-running.ts';
import { type LakeHistory, readLakeHistory } from '../support/lake-history.ts';
import { preparePyIceberg } from '../support/lake-readers.ts';
import { isAllInLake, readStreamStatus } from '../support/stream-status.ts';
import { tell } from '../support/tell.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { openUserEventsLoad, type UserEventsLoad } from '../support/user-events-load.ts';
import { countRejected, type ExpectedUserEvents, findDifferences } from '../support/user-events-tables.ts';
import { waitUntil } from '../support/wait-until.ts';

/**
 * User events of a week, with late, repeated, contradicting and poisoned ones, through the real stack under compaction
 * and `kill -9`: at each checkpoint every table equals what DuckDB makes of the file of acknowledged records.
 */

/** A million where there is time for it: TIDEMARK_USER_EVENTS=1000000. */
const EVENTS = Number(process.env.TIDEMARK_USER_EVENTS ?? 200_000);
const SEED = 20_261_121;
const STREAM = { stream: userEvents.name };
const PATIENCE_MS = 600_000;
/** Between two tries while the functions are away. */
const PAUSE_MS = 200;

let stack: TestStack;
let stateDir: string;
let file: string;
let load: UserEventsLoad;
let compaction: KeptRunning;
let produced = 0;
/** By the snapshot that gold has seen last. */
let expectedOfGold: ExpectedUserEvents;

beforeAll(async () => {
  await Promise.all([prepareDuckDb(), preparePyIceberg()]);
  stateDir = await mkdtemp(join(tmpdir(), 'tidemark-user-events-'));
  file = join(stateDir, 'acknowledged.ndjson');
  stack = await startTestStack({ hasSchedules: false });
  load = await openUserEventsLoad({ brokers: stack.urls.kafkaBrokers, file, events: EVENTS, seed: SEED });
}, PATIENCE_MS);

afterAll(async () => {
  await load?.close();
  await stack?.stop();
  if (stateDir !== undefined) await rm(stateDir, { recursive: true, force: true });
}, 60_000);

describe(`${EVENTS.toLocaleString('en')} user events`, () => {
  it(
    'are exact in every table while all of them are hot',
    async () => {
      await produce(0.2);
      await waitUntilDelivered();

      const expected = await expectUserEvents(file);
      expect(expected.records).toBe(produced);
      expect(expected.conflicts).toBeGreaterThan(0);
      await expectTables(expected);
    },
    PATIENCE_MS,
  );

  it(
    'are exact in every table while they are compacted',
    async () => {
      compaction = keepRunning(compactOnce);
      await compaction.throughout(produce(0.25));
      await compaction.throughout(waitUntilDelivered());

      const expected = await expectUserEvents(file);
      const before = compaction.times;
      await compaction.throughout(expectTables(expected));
      await compaction.throughout(waitUntil(() => compaction.times > before, { withinMs: PATIENCE_MS }));
      await expectTables(expected);
      await compaction.stop();
    },
    PATIENCE_MS,
  );

  it(
    'are exact in every table after kill -9 of the functions under production and compaction',
    async () => {
      let interrupted = 0;
      compaction = keepRunning(async () => {
        try {
          await compactOnce();
        } catch {
          interrupted += 1;
          await sleep(PAUSE_MS);
        }
      });
      const producing = produce(0.3);
      const before = produced;
      await waitUntil(() => produced > before, { withinMs: PATIENCE_MS });
      await killFunctions();
      await producing;
      await waitUntilDelivered();
      await compaction.stop();

      expect(interrupted).toBeGreaterThan(0);
      await expectTables(await expectUserEvents(file));
    },
    PATIENCE_MS,
  );

  it(
    'are exact where another partition contradicts an event: the lake decides below the tidemark',
    async () => {
      await compactOnce();
      await produce(1, { contradictElsewhere: true });
      await waitUntilDelivered();

      expectedOfGold = await expectUserEvents(file, tidemarksOf(await readSilver()));
      await expectTables(expectedOfGold);
    },
    PATIENCE_MS,
  );

  describe('when the lake holds all', () => {
    let silver: LakeHistory;
    let expected: ExpectedUserEvents;

    beforeAll(async () => {
      await waitUntil(isCompacted, { withinMs: PATIENCE_MS, everyMs: 200 });
      silver = await readSilver();
      expected = await expectUserEvents(file, tidemarksOf(silver));
    }, PATIENCE_MS);

    it(
      'are exact in every table, before gold has seen it and after',
      async () => {
        // Gold still takes the hot tail's order of contradicting copies; the lake, in several commits, may have taken another.
        await expectTables({ ...expectedOfGold, fact_events: expected.fact_events });
        await stack.invoke('refreshGold', STREAM);
        await expectTables(expected);
      },
      PATIENCE_MS,
    );

    it('every repeat that says something else than its event is listed as a conflict', async () => {
      const { rows } = await stack.reader.query<{ conflicts: number }>(
        'SELECT count() AS conflicts FROM tidemark.event_conflicts FINAL WHERE stream = {stream:String}',
        STREAM,
      );

      expect(expected.conflicts).toBeGreaterThan(0);
      expect(rows).toEqual([{ conflicts: expected.conflicts }]);
    });

    it(
      'PyIceberg finds each event once in silver, in the newest snapshot and in an older one',
      async () => {
        const middle = Math.floor(silver.snapshots.length / 2);
        const counted = await silver.ask(
          `[table.scan(selected_fields=("_offset",), snapshot_id=id).to_arrow().num_rows for id in
          [${silver.snapshots[middle]?.id}, ${silver.snapshots.at(-1)?.id}]]`,
        );

        expect(silver.snapshots.length).toBeGreaterThan(2);
        expect(counted).toEqual([expected.silver_by_snapshot[middle], expected.silver_by_snapshot.at(-1)]);
        expect(expected.silver_by_snapshot.at(-1)).toBe(expected.fact_events.count);
      },
      PATIENCE_MS,
    );

    it(
      'PyIceberg finds every record in bronze with its verdict',
      async () => {
        const bronze = await readLakeHistory(stack, defineRecordsTable(userEvents));
        const verdicts = await bronze.ask(
          `{str(each["values"]): each["counts"] for each in
          pc.value_counts(table.scan(selected_fields=("verdict",)).to_arrow()["verdict"]).to_pylist()}`,
        );

        expect(verdicts).toEqual({ valid: expected.valid, ...expected.rejected });
        expect(expected.bronze).toBe(produced);
      },
      PATIENCE_MS,
    );
  });
});

/** @param share of the well-made events; 1 for all that are left */
async function produce(share: number, options?: Parameters<UserEventsLoad['produce']>[1]): Promise<void> {
  const records = share === 1 ? Number.POSITIVE_INFINITY : Math.floor(EVENTS * share);
  const startedAtMs = Date.now();
  const before = produced;
  for (let left = records; left > 0; ) {
    const sent = await load.produce(Math.min(left, CHUNK_RECORDS), options);
    produced += sent;
    left -= sent;
    if (sent === 0) break;
  }
  tell(`user events: produced ${produced - before} records in ${Date.now() - startedAtMs} ms`);
}

const CHUNK_RECORDS = 20_000;

async function compactOnce(): Promise<void> {
  await stack.invoke('compact', STREAM);
  await stack.invoke('refreshGold', STREAM);
}

async function waitUntilDelivered(): Promise<void> {
  const startedAtMs = Date.now();
  await waitUntil(async () => (await readStreamStatus(stack.urls.api, userEvents.name)).lag_records === 0, {
    withinMs: PATIENCE_MS,
    everyMs: 200,
  });
  tell(`user events: ${produced} delivered ${Date.now() - startedAtMs} ms after the last was produced`);
}

/** A trigger may commit a moment after its events are there. */
async function isCompacted(): Promise<boolean> {
  await stack.invoke('compact', STREAM);
  return isAllInLake(await readStreamStatus(stack.urls.api, userEvents.name));
}

async function expectTables(expected: ExpectedUserEvents): Promise<void> {
  const startedAtMs = Date.now();
  expect(await findDifferences(stack.admin, expected)).toEqual({});
  expect(await countRejected(stack.admin)).toEqual(expected.rejected);
  tell(`user events: ${expected.records} records compared in ${Date.now() - startedAtMs} ms`);
}

/** A fault that has not fired fails here: the process is another one afterwards. */
async function killFunctions(): Promise<void> {
  const pid = stack.pid('functions');
  stack.kill('functions', 'SIGKILL');
  const hasReturned = () => {
    const now = stack.pid('functions');
    return now !== undefined && now !== pid && stack.state('functions') === 'ready';
  };
  await waitUntil(hasReturned, { withinMs: 90_000 });
}

const readSilver = () => readLakeHistory(stack, defineEventsTable(userEvents));
const tidemarksOf = ({ snapshots }: LakeHistory) => snapshots.map(({ tidemark }) => tidemark);
