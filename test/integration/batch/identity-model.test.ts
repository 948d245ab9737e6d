import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compactStream } from '../../../functions/batch/compact/compact-stream.ts';
import { defineEventsTable, defineRecordsTable } from '../../../functions/batch/compact/lake-definitions.ts';
import { parseSummary } from '../../../functions/batch/compact/snapshot-summary.ts';
import type { ClickHouse } from '../../../layers/platform/clickhouse.ts';
import { hotEventsExpression } from '../../../layers/platform/hot-events.ts';
import { LakeTable } from '../../../layers/platform/lake/lake-table.ts';
import type { LakeVersion } from '../../../layers/platform/lake/table-version.ts';
import { pinLakeTable } from '../../../layers/platform/publication.ts';
import type { Tidemark } from '../../../layers/platform/tidemark.ts';
import { Killed, killAtWrite } from '../../support/failing-object-store.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { NOON_MS, poisonRecord } from '../../support/retail-records.ts';
import {
  type Copy,
  countCommits,
  countOnce,
  idOf,
  isBelow,
  positionOf,
  userRecord,
} from '../../support/user-event-model.ts';

const PARTITIONS = 2;
const HALF_DAY_MS = 12 * 60 * 60 * 1000;
const LIMITS = { offsets: 6, bytes: Number.POSITIVE_INFINITY };
const TEST_TIMEOUT_MS = 300_000;

let real: RealWorld;

beforeAll(async () => {
  real = await startRealWorld();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop());

/** What Kafka holds, and how far the speed layer has stored it. */
interface Model {
  readonly copies: Copy[];
  readonly poison: { partition: number; offset: number }[];
  readonly storedUpTo: number[];
}

/** A copy of one of a few ids, at one of a few moments, saying one of two things; or poison. */
interface Draft {
  readonly id: number;
  readonly halfDays: number;
  readonly page: string;
  readonly isPoison: boolean;
}

class ProduceAndDeliver implements fc.AsyncCommand<Model, World> {
  readonly partition: number;
  readonly drafts: readonly Draft[];
  readonly isCommitted: boolean;
  constructor(partition: number, drafts: readonly Draft[], isCommitted: boolean) {
    this.partition = partition;
    this.drafts = drafts;
    this.isCommitted = isCommitted;
  }
  check = () => true;
  async run(model: Model, world: World) {
    const { partition } = this;
    for (const { id, halfDays, page, isPoison } of this.drafts) {
      const timestamp = NOON_MS + halfDays * HALF_DAY_MS;
      const slot = isPoison ? { ...poisonRecord(0), timestamp } : userRecord(idOf(id), page, timestamp);
      const offset = world.produce(partition, [slot]) - 1;
      if (isPoison) model.poison.push({ partition, offset });
      else model.copies.push({ partition, offset, timestamp, id: idOf(id), page });
    }
    const committed = world.kafka.committedOffsets.get(partition) ?? 0;
    const end = world.kafka.partitions[partition]?.length ?? 0;
    await world.deliver(partition, Math.max(committed, world.kafka.logStarts.get(partition) ?? 0), end);
    if (!this.isCommitted) world.kafka.committedOffsets.set(partition, committed);
    model.storedUpTo[partition] = end;
    await expectOnce(model, world);
  }
  toString = () => `deliver ${this.partition}${this.isCommitted ? '' : ' and die'} ${JSON.stringify(this.drafts)}`;
}

class Compact implements fc.AsyncCommand<Model, World> {
  readonly compactors: number;
  constructor(compactors: number) {
    this.compactors = compactors;
  }
  check = () => true;
  async run(model: Model, world: World) {
    await Promise.all(Array.from({ length: this.compactors }, () => compact(world)));
    await expectOnce(model, world);
  }
  toString = () => `compact x${this.compactors}`;
}

/** Dies at one of its writes, to the lake or to ClickHouse. */
class CompactAndDie implements fc.AsyncCommand<Model, World> {
  readonly target: 'lake' | 'clickhouse';
  readonly write: number;
  readonly when: 'before' | 'after';
  constructor(target: 'lake' | 'clickhouse', write: number, when: 'before' | 'after') {
    this.target = target;
    this.write = write;
    this.when = when;
  }
  check = () => true;
  async run(model: Model, world: World) {
    const more =
      this.target === 'lake'
        ? { store: killAtWrite(world.store, this).store }
        : { clickhouse: killAtStatement(world.clickhouse, this) };
    await compact(world, more).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    await expectOnce(model, world);
  }
  toString = () => `compact and die ${this.when} write ${this.write} to ${this.target}`;
}

class Expire implements fc.AsyncCommand<Model, World> {
  readonly partition: number;
  constructor(partition: number) {
    this.partition = partition;
  }
  check = () => true;
  async run(_model: Model, { kafka }: World) {
    kafka.logStarts.set(this.partition, kafka.committedOffsets.get(this.partition) ?? 0);
  }
  toString = () => `expire ${this.partition}`;
}

/** Records are never old to this clock, so that the lake waits for their delivery. */
async function compact(world: World, more: Partial<World['deps']> = {}): Promise<void> {
  const input = { toOffsets: undefined, deadlineMs: Number.POSITIVE_INFINITY, limits: LIMITS };
  await compactStream(world.declaration, input, { ...world.deps, clock: () => NOON_MS, ...more });
}

function killAtStatement(clickhouse: ClickHouse, at: { write: number; when: 'before' | 'after' }): ClickHouse {
  let writes = 0;
  const attempt = async (write: () => Promise<void>) => {
    writes += 1;
    if (writes > at.write || (writes === at.write && at.when === 'before')) throw new Killed();
    await write();
    if (writes === at.write) throw new Killed();
  };
  return {
    ...clickhouse,
    command: (sql, params) => attempt(() => clickhouse.command(sql, params)),
    insert: (table, columns, rows) => attempt(() => clickhouse.insert(table, columns, rows)),
  };
}

/** Every table and view holds what the rule says of what was delivered, at this moment. */
async function expectOnce(model: Model, world: World): Promise<void> {
  const versions = await readVersions(world);
  const newest = versions.at(-1);
  const tidemarks = versions.map(({ summary }) => parseSummary(summary).tidemark);
  const silver = countCommits(model.copies, tidemarks);
  const newestTidemark = tidemarks.at(-1) ?? new Map();
  if (newest !== undefined) {
    const pinned = await pinLakeTable(world.clickhouse, 'user_events', newest);
    expect(await readPositions(world, pinned)).toEqual(silver.map(positionOf).sort());
    await expectCounts(model, newest, silver);
  }
  await expectBronze(model, world, newestTidemark);

  const shown = await readShownVersion(world);
  const shownTidemarks = tidemarks.slice(0, Math.max(0, shown - 1));
  const tidemark = shownTidemarks.at(-1) ?? new Map();
  const inLake = countCommits(model.copies, shownTidemarks);
  const isDelivered = ({ partition, offset }: Copy) => offset < (model.storedUpTo[partition] ?? 0);
  const inTail = countOnce(
    model.copies.filter((copy) => isDelivered(copy) && !isBelow(copy, tidemark)),
    inLake,
  );
  expect(await readPositions(world, hotEventsExpression(world.stream, tidemark))).toEqual(
    inTail.map(positionOf).sort(),
  );
  const unified = await world.ask('SELECT event_id AS id, page FROM realtime.user_events_unified');
  const whatTheySay = ({ id, page }: { id?: unknown; page?: unknown }) => `${id} ${page}`;
  expect(unified.map(whatTheySay).sort()).toEqual([...inLake, ...inTail].map(whatTheySay).sort());
}

async function expectCounts({ copies, poison }: Model, { summary }: LakeVersion, silver: readonly Copy[]) {
  const { tidemark, stored, repeated, rejected, gaps } = parseSummary(summary);
  const sum = (counts: ReadonlyMap<number, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  const below = copies.filter((copy) => isBelow(copy, tidemark));
  expect([sum(stored), sum(repeated)]).toEqual([silver.length, below.length - silver.length]);
  expect([sum(rejected), gaps]).toEqual([poison.filter((record) => isBelow(record, tidemark)).length, []]);
}

/** Bronze holds each offset once: all below the tidemark, and of those above it what a dead run has left. */
async function expectBronze({ copies, poison }: Model, world: World, tidemark: Tidemark): Promise<void> {
  const table = await LakeTable.open(world.store, defineRecordsTable(world.stream), lakeDeps(world));
  const positions = await readPositions(world, await pinLakeTable(world.clickhouse, 'bronze', await table.load()));
  const all = [...copies, ...poison].map(positionOf);
  const due = [...copies, ...poison].filter((record) => isBelow(record, tidemark)).map(positionOf);
  expect(positions).toEqual([...new Set(positions)]);
  expect(all).toEqual(expect.arrayContaining(positions));
  expect(positions).toEqual(expect.arrayContaining(due));
}

/**
 * Every repeat that says something else than an event which counted when it came into the lake is a conflict. One that
 * does so only beside a later event may be one too: conflicts are noted when a version becomes readable, and a run that
 * died leaves that to the next.
 */
async function expectConflicts({ copies }: Model, world: World): Promise<void> {
  const tidemarks = (await readVersions(world)).map(({ summary }) => parseSummary(summary).tidemark);
  const silver = countCommits(copies, tidemarks);
  const contradicts = (copy: Copy, events: readonly Copy[]) =>
    countOnce(
      [copy],
      events.filter((event) => event.page !== copy.page),
    ).length === 0;
  const repeatsOf = (tidemark: Tidemark) => copies.filter((copy) => isBelow(copy, tidemark) && !silver.includes(copy));
  const must = tidemarks.flatMap((tidemark, index) => {
    const events = countCommits(copies, tidemarks.slice(0, index + 1));
    return repeatsOf(tidemark).filter(
      (copy) => !isBelow(copy, tidemarks[index - 1] ?? new Map()) && contradicts(copy, events),
    );
  });
  const may = repeatsOf(tidemarks.at(-1) ?? new Map()).filter((copy) => contradicts(copy, silver));
  const found = await readPositions(world, 'tidemark.event_conflicts FINAL');
  expect(found).toEqual(expect.arrayContaining(must.map(positionOf)));
  expect(may.map(positionOf)).toEqual(expect.arrayContaining(found));
}

const lakeDeps = ({ deps }: World) => ({ now: () => NOON_MS, newId: deps.newId });

/** Version 2 and on, oldest first. */
async function readVersions(world: World): Promise<LakeVersion[]> {
  const table = await LakeTable.open(world.store, defineEventsTable(world.stream), lakeDeps(world));
  const newest = await table.load();
  const numbers = Array.from({ length: newest.version - 1 }, (_, index) => index + 2);
  const versions = await Promise.all(numbers.map((version) => table.loadVersion(version)));
  return versions.filter((version) => version !== undefined);
}

async function readShownVersion(world: World): Promise<number> {
  const [view] = await world.ask<{ sql: string }>(
    "SELECT create_table_query AS sql FROM system.tables WHERE database = 'realtime' AND name = 'user_events_unified'",
  );
  return Number(/toUInt64\((\d+)\) AS _snapshot/.exec(view?.sql.replaceAll('`', '') ?? '')?.[1]);
}

async function readPositions(world: World, table: string): Promise<string[]> {
  const rows = await world.ask<{ position: string }>(
    `SELECT concat(toString(_partition), ':', toString(_offset)) AS position FROM ${table}`,
  );
  return rows.map(({ position }) => position).sort();
}

const partition = fc.nat({ max: PARTITIONS - 1 });
const draft: fc.Arbitrary<Draft> = fc.record({
  id: fc.nat({ max: 3 }),
  // A horizon is 14 of them: repeats at its edges, on both sides of an event.
  halfDays: fc.oneof(fc.constantFrom(0, 13, 14, 15, 28), fc.nat({ max: 40 })),
  page: fc.constantFrom('/a', '/a', '/b'),
  isPoison: fc.nat({ max: 7 }).map((n) => n === 0),
});
const death = fc.constantFrom('before' as const, 'after' as const);
const commands = fc.commands(
  [
    fc
      .tuple(partition, fc.array(draft, { minLength: 1, maxLength: 8 }), fc.boolean())
      .map(([at, drafts, isCommitted]) => new ProduceAndDeliver(at, drafts, isCommitted)),
    fc.constantFrom(1, 2).map((compactors) => new Compact(compactors)),
    fc.tuple(fc.integer({ min: 1, max: 14 }), death).map(([write, when]) => new CompactAndDie('lake', write, when)),
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), death)
      .map(([write, when]) => new CompactAndDie('clickhouse', write, when)),
    partition.map((at) => new Expire(at)),
  ],
  { size: '+1', maxCommands: 14 },
);

describe('an event id', () => {
  it(
    'counts once within its horizon, after any history of both layers',
    async () => {
      await fc.assert(
        fc.asyncProperty(commands, async (history) => {
          const world = await real.reset({ partitions: PARTITIONS, streamName: 'user_events' });
          const model: Model = { copies: [], poison: [], storedUpTo: [] };
          await fc.asyncModelRun(() => ({ model, real: world }), history);
          await compact(world);
          await expectOnce(model, world);
          await expectConflicts(model, world);
          await world.refreshGold();
          const count = 'SELECT (SELECT sum(event_count) FROM realtime.events_per_minute) AS gold, ';
          const [answer] = await world.ask(`${count}(SELECT count() FROM realtime.user_events_unified) AS unified`);
          expect(Number(answer?.gold)).toBe(answer?.unified);
        }),
        { numRuns: 12, endOnFailure: true },
      );
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'that a producer sends twenty thousand times counts once, above the tidemark, below it and on both sides',
    async () => {
      const world = await real.reset({ partitions: PARTITIONS, streamName: 'user_events' });
      const sendOften = async (fromMs: number) => {
        const slots = Array.from({ length: 20_000 }, (_, i) => userRecord(idOf(1), '/stuck', NOON_MS + fromMs + i));
        world.produce(0, slots);
        await world.deliverAll();
      };
      const count = async () =>
        (await world.ask('SELECT count() AS events FROM realtime.user_events_unified'))[0]?.events;

      await sendOften(0);
      expect(await count()).toBe(1);
      await world.compact();
      expect(await count()).toBe(1);
      await sendOften(60_000);
      expect(await count()).toBe(1);
      // The lake counts the first; of what comes later than its horizon, one more.
      await sendOften(15 * HALF_DAY_MS);
      expect(await count()).toBe(2);
    },
    TEST_TIMEOUT_MS,
  );
});
