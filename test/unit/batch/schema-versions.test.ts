import { describe, expect, it } from '@jest/globals';
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { retailEventSchema } from '@tidemark/domains/retail_events/event';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse, Row } from '@tidemark/platform/clickhouse';
import { readVersionStarts, SchemaVersionMismatch } from '@tidemark/platform/schema-versions';
import fc from 'fast-check';
import { z } from 'zod';
import { type CompactDependencies, compactStream } from '../../../functions/batch/compact/compact-stream.ts';
import { createIngest } from '../../../functions/speed/ingest/ingest-records.ts';
import { createWorld, declaration, produce, silentLog } from '../../support/compaction.ts';
import { kafkaEventOf, saleRecord, salesOf } from '../../support/retail-records.ts';

/** Version 2 refuses quantities above this, */
const MAX_QUANTITY = 5;
/** and numbers stores from here on. */
const FIRST_STORE = 1000;

const { schema, eventTimeOf, columns } = retailEvents as Stream;
const changed: StreamDeclaration = {
  ...declaration,
  stream: {
    ...(retailEvents as Stream),
    schemaVersion: 2,
    schema: retailEventSchema.extend({ quantity: z.int().min(1).max(MAX_QUANTITY) }),
    columns: columns.map((column) =>
      column.name === 'store_id'
        ? { ...column, valueOf: (event, position) => FIRST_STORE + Number(column.valueOf(event, position)) }
        : column,
    ),
    earlierVersions: [{ schemaVersion: 1, schema, eventTimeOf, columns }],
  },
};

type World = ReturnType<typeof createWorld>;

/** What a step did: nothing where code of the other version has to go on. */
type Outcome = 'done' | 'waits';

async function unlessItWaits(run: () => Promise<unknown>): Promise<Outcome> {
  try {
    await run();
    return 'done';
  } catch (error) {
    if (error instanceof SchemaVersionMismatch) return 'waits';
    throw error;
  }
}

/** Brings what is committed nowhere to the hot table; `meanwhile` happens before the batch is stored. */
function deliver(world: World, { stream }: StreamDeclaration, meanwhile: () => Promise<void> = async () => {}) {
  const { kafka } = world;
  const from = kafka.committedOffsets.get(0) ?? 0;
  const to = kafka.partitions[0]?.length ?? 0;
  const clickhouse: World['clickhouse'] = {
    ...world.clickhouse,
    insert: async (...insert) => {
      await meanwhile();
      await world.clickhouse.insert(...insert);
    },
  };
  const ingest = createIngest(stream, { clickhouse, log: silentLog });
  return unlessItWaits(async () => {
    for await (const { records } of kafka.read({ topic: stream.topic, partition: 0, from, to })) {
      if (records.length > 0) await ingest(kafkaEventOf(records));
    }
    kafka.committedOffsets.set(0, Math.max(to, kafka.committedOffsets.get(0) ?? 0));
  });
}

function compact(world: World, stream: StreamDeclaration, deps: CompactDependencies = world.deps) {
  return unlessItWaits(() =>
    compactStream(stream, { toOffsets: undefined, deadlineMs: Number.POSITIVE_INFINITY }, deps),
  );
}

/** A ClickHouse that loses the announcements of versions. */
function withoutAnnouncements(clickhouse: ClickHouse): ClickHouse {
  const isAnnouncement = (row: Row) => JSON.stringify(row.at(-1)) === '{}';
  return {
    ...clickhouse,
    insert: (table, columns, rows) =>
      clickhouse.insert(
        table,
        columns,
        table === 'tidemark.schema_versions' ? rows.filter((row) => !isAnnouncement(row)) : rows,
      ),
  };
}

/** Dependencies that let something happen before each call that records a version or reads where the log ends. */
function interrupted(world: World, clickhouse: ClickHouse, meanwhile: () => Promise<void>): CompactDependencies {
  const { kafka, store } = world;
  const after =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args) => {
      await meanwhile();
      return call(...args);
    };
  return {
    ...world.deps,
    kafka: { ...kafka, offsets: after(kafka.offsets) },
    clickhouse: { ...clickhouse, insert: after(clickhouse.insert) },
    store: { ...store, putIfAbsent: after(store.putIfAbsent) },
  };
}

const simpleSteps = ['produce', 'old ingest', 'new ingest', 'old compact'] as const;
const step = fc.oneof(
  fc.constantFrom(...simpleSteps, 'new compact' as const),
  fc.array(fc.constantFrom(...simpleSteps, 'new compact' as const), { minLength: 1, maxLength: 8 }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
const histories = fc.array(step, { minLength: 3, maxLength: 12 });

/** What happened in the histories: the law says nothing of what never came. */
interface Seen {
  oldVersion: number;
  newVersion: number;
  waits: number;
}

async function expectBothLayersAlike(steps: readonly Step[], seen: Seen, isAnnounced = true): Promise<void> {
  const world = createWorld({ partitions: 1 }, changed);
  const clickhouse = isAnnounced ? world.clickhouse : withoutAnnouncements(world.clickhouse);
  let produced = 0;
  const run = async (name: (typeof simpleSteps)[number] | 'new compact') => {
    if (name === 'produce') {
      produce(
        world.kafka,
        0,
        salesOf(produced, produced + 4).map((_, n) => saleRecord((produced + n) % 9)),
      );
      produced += 4;
    }
    const outcome =
      name === 'old ingest' || name === 'new ingest'
        ? await deliver(world, name === 'old ingest' ? declaration : changed)
        : name === 'produce'
          ? 'done'
          : await compact(world, name === 'old compact' ? declaration : changed);
    if (outcome === 'waits') seen.waits += 1;
  };
  for (const one of steps) {
    if (typeof one === 'string') {
      await run(one);
      continue;
    }
    // Everything that the list names happens in the middle of new code's compaction and of an old batch.
    const pending = [...one];
    const next = async () => {
      const name = pending.shift();
      if (name !== undefined) await run(name);
    };
    await compact(world, changed, interrupted(world, clickhouse, next));
    await deliver(world, declaration, next);
  }
  await run('produce');
  await compact(world, changed);
  await deliver(world, changed);
  await compact(world, changed);

  const [start] = await readVersionStarts(world.clickhouse, changed.stream);
  const from = start?.fromOffsets.get(0) ?? Number.NaN;
  const lake = await world.readLake();
  const inLake = new Map(lake.rows.map((row) => [Number(row._offset), Number(row.store_id)]));
  const inHot = new Map(
    [...world.clickhouse.hotRows.values()].map((row) => [Number(row._offset), Number(row.store_id)]),
  );
  const expected = Array.from({ length: produced }, (_, offset) => {
    const n = offset % 9;
    if (offset < from) return [offset, n % 7] as const;
    return [offset, n + 1 > MAX_QUANTITY ? 'refused' : FIRST_STORE + (n % 7)] as const;
  });
  const stored = expected.filter(([, store]) => store !== 'refused');
  const refused = expected.filter(([, store]) => store === 'refused').map(([offset]) => `0:${offset}`);
  const byOffset = (rows: Map<number, number>) => [...rows].sort(([a], [b]) => a - b);
  expect(byOffset(inLake)).toEqual(stored);
  expect(byOffset(inHot)).toEqual(stored);
  expect([...world.clickhouse.deadLetters.keys()].sort()).toEqual([...refused].sort());
  expect([...lake.deadLetters].sort()).toEqual([...refused].sort());
  seen.oldVersion += Math.min(from, produced);
  seen.newVersion += produced - from;
}

describe('a change of judgement', () => {
  it('takes effect at the same recorded offsets in both layers, however old and new code overlap', async () => {
    const seen: Seen = { oldVersion: 0, newVersion: 0, waits: 0 };

    await fc.assert(
      fc.asyncProperty(histories, (steps) => expectBothLayersAlike(steps, seen)),
      { numRuns: 40, seed: 8 },
    );

    expect(Math.min(seen.oldVersion, seen.newVersion, seen.waits)).toBeGreaterThan(30);
  }, 120_000);

  it('would not, if it were not announced before the ends of the log are read', async () => {
    const seen: Seen = { oldVersion: 0, newVersion: 0, waits: 0 };

    const property = fc.asyncProperty(histories, (steps) => expectBothLayersAlike(steps, seen, false));
    const { failed } = await fc.check(property, { numRuns: 200, seed: 8, endOnFailure: true });

    expect(failed).toBe(true);
  }, 120_000);

  it('stops older code, whose partitions wait, and says what to do', async () => {
    const world = createWorld({ partitions: 1 }, changed);
    await compact(world, changed);
    produce(world.kafka, 0, salesOf(0, 2));

    const ingest = createIngest(declaration.stream, { clickhouse: world.clickhouse, log: silentLog });
    const batch = kafkaEventOf([{ ...saleRecord(0), topic: 'retail_events', partition: 0, offset: 0 }]);

    await expect(ingest(batch)).rejects.toThrow(/schema version 2 is recorded, and this code knows 1/);
    world.kafka.committedOffsets.set(0, 2);
    expect(await compact(world, declaration)).toBe('waits');
    expect(world.clickhouse.hotRows.size).toBe(0);
  });

  it('waits for compact to record it, before which new code stores nothing', async () => {
    const world = createWorld({ partitions: 1 }, changed);
    produce(world.kafka, 0, salesOf(0, 2));

    expect(await deliver(world, changed)).toBe('waits');
    await compact(world, changed);
    expect(await deliver(world, changed)).toBe('done');

    expect([...world.clickhouse.hotRows.keys()]).toEqual(['0:0', '0:1']);
  });

  it('is recorded again, the same, where ClickHouse was lost', async () => {
    const world = createWorld({ partitions: 1 }, changed);
    produce(world.kafka, 0, salesOf(0, 3));
    await compact(world, changed);
    const before = await readVersionStarts(world.clickhouse, changed.stream);
    world.clickhouse.schemaVersions.length = 0;
    produce(world.kafka, 0, salesOf(3, 9));

    await compact(world, changed);

    expect(before).toEqual([{ version: 2, fromOffsets: new Map([[0, 3]]) }]);
    expect(await readVersionStarts(world.clickhouse, changed.stream)).toEqual(before);
  });
});
