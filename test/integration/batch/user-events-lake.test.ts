import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineEventsTable, defineRecordsTable } from '../../../functions/batch/compact/lake-definitions.ts';
import type { LakeTableDefinition } from '../../../layers/platform/lake/definition.ts';
import { LakeTable } from '../../../layers/platform/lake/lake-table.ts';
import { keepRunning } from '../../support/keep-running.ts';
import { askPyIceberg, preparePyIceberg } from '../../support/lake-readers.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { NOON_MS, poisonRecord } from '../../support/retail-records.ts';
import { idOf, userRecord } from '../../support/user-event-model.ts';

const TEST_TIMEOUT_MS = 120_000;
const UNIFIED = 'realtime.user_events_unified';

let real: RealWorld;
let world: World;

beforeAll(async () => {
  await preparePyIceberg();
  real = await startRealWorld();
  world = await real.reset({ partitions: 1, streamName: 'user_events' });
  // Two snapshots: three records with a repeat, then four with a repeat of the first snapshot that says something else.
  await compactMore([userRecord(idOf(1), '/a', NOON_MS), userRecord(idOf(1), '/a', NOON_MS + 1), poisonRecord(0)]);
  await compactMore([
    userRecord(idOf(2), '/a', NOON_MS + 2),
    userRecord(idOf(1), '/b', NOON_MS + 3),
    userRecord(idOf(3), '/a', NOON_MS + 4),
    userRecord(idOf(4), '/a', NOON_MS + 5),
  ]);
}, START_TIMEOUT_MS);

afterAll(() => real?.stop());

async function compactMore(records: Parameters<World['produce']>[1]): Promise<void> {
  world.produce(0, records);
  await world.deliverAll();
  await world.compact();
}

async function askOfEverySnapshot(definition: LakeTableDefinition, columns: readonly string[]): Promise<unknown> {
  const table = await LakeTable.open(world.store, definition, { now: () => NOON_MS, newId: world.deps.newId });
  const scan = (snapshot: string) =>
    `table.scan(snapshot_id=${snapshot}).to_arrow().sort_by('_offset').select(${JSON.stringify(columns)}).to_pylist()`;
  return askPyIceberg(
    real.lake,
    await table.load(),
    `[[list(row.values()) for row in ${scan('s.snapshot_id')}] for s in table.snapshots()]`,
  );
}

describe('PyIceberg', () => {
  it(
    'reads bronze, as received, and travels back to its earlier snapshot',
    async () => {
      const [before, now] = (await askOfEverySnapshot(defineRecordsTable(world.stream), [
        '_offset',
        'verdict',
        'event_id',
      ])) as unknown[][];

      const first = [
        [0, 'valid', idOf(1)],
        [1, 'valid', idOf(1)],
        [2, 'invalid_json', null],
      ];
      expect(before).toEqual(first);
      const second = [2, 1, 3, 4].map((id, index) => [3 + index, 'valid', idOf(id)]);
      expect(now).toEqual([...first, ...second]);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'sees bronze partitioned by event_date',
    async () => {
      const table = await LakeTable.open(world.store, defineRecordsTable(world.stream), {
        now: () => NOON_MS,
        newId: world.deps.newId,
      });
      const expression = "[str(table.spec().fields[0]), table.inspect.partitions().to_pylist()[0]['partition']]";
      const [field, partition] = (await askPyIceberg(real.lake, await table.load(), expression)) as unknown[];

      expect(field).toBe('1000: event_date: day(10)');
      expect(partition).toEqual({ event_date: '2026-11-21' });
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'reads silver, each id once, and travels back to its earlier snapshot',
    async () => {
      const snapshots = await askOfEverySnapshot(defineEventsTable(world.stream), ['_offset', 'event_id', 'page']);

      expect(snapshots).toEqual([
        [[0, idOf(1), '/a']],
        [
          [0, idOf(1), '/a'],
          ...[[3, 2] as const, [5, 3] as const, [6, 4] as const].map(([at, id]) => [at, idOf(id), '/a']),
        ],
      ]);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('a repeat with other content', () => {
  it('is listed with the record that counts', async () => {
    const conflicts = await world.ask(
      `SELECT event_id, kept_partition, kept_offset, _partition, _offset, content != kept_content AS differs
       FROM tidemark.event_conflicts FINAL`,
    );

    const kept = { event_id: idOf(1), kept_partition: 0, kept_offset: 0 };
    expect(conflicts).toEqual([{ ...kept, _partition: 0, _offset: 4, differs: 1 }]);
  });
});

describe('the user query', () => {
  it('reads the views, which look into tables of their own', async () => {
    const { rows } = await real.reader.query(`SELECT event_id FROM ${UNIFIED} ORDER BY event_id`);

    expect(rows).toEqual([1, 2, 3, 4].map((n) => ({ event_id: idOf(n) })));
  });

  it(
    'sees no id twice while repeats arrive',
    async () => {
      const answers: { events: number; ids: number }[] = [];
      const countStates = () => new Set(answers.map(({ events }) => events)).size;
      const reading = keepRunning(async () => {
        const sql = `SELECT count() AS events, uniqExact(event_id) AS ids FROM ${UNIFIED}`;
        answers.push(...(await real.reader.query<{ events: number; ids: number }>(sql)).rows);
      });
      try {
        // Until the reader has come between the batches often enough, however slow it is.
        for (let batch = 0; batch < 60 || countStates() <= 5; batch += 1) {
          const ids = Array.from({ length: 20 }, (_, index) => 100 + batch * 10 + index);
          world.produce(
            0,
            ids.map((id) => userRecord(idOf(id), '/c', NOON_MS + batch)),
          );
          await reading.throughout(world.deliverAll());
        }
      } finally {
        await reading.stop();
      }

      expect(answers.filter(({ events, ids }) => events !== ids)).toEqual([]);
    },
    TEST_TIMEOUT_MS,
  );

  it.each(['join_use_nulls = 1', "join_default_strictness = ''", "join_algorithm = 'full_sorting_merge'"])(
    'counts the same events whatever joins of its own it asks for: %s',
    async (setting) => {
      const sql = `SELECT count() AS events, uniqExact(event_id) AS ids, countIf(event_id = '${idOf(1)}') AS repeated FROM ${UNIFIED}`;
      world.produce(0, [userRecord(idOf(1), '/c', NOON_MS + 100), userRecord(idOf(5000), '/c', NOON_MS + 100)]);
      await world.deliverAll();
      const { rows } = await real.reader.query<{ events: number; ids: number }>(sql);

      expect((await real.reader.query(`${sql} SETTINGS ${setting}`)).rows).toEqual(rows);
      expect(rows).toEqual([{ events: rows[0]?.ids, ids: rows[0]?.ids, repeated: 1 }]);
    },
  );
});
