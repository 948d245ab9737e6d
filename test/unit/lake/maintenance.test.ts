import { randomUUID } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { TidemarkError } from '../../../layers/platform/errors.ts';
import type { LakeType, LakeValue } from '../../../layers/platform/lake/definition.ts';
import { LakeTable } from '../../../layers/platform/lake/lake-table.ts';
import { encodeParquet } from '../../../layers/platform/lake/parquet-file.ts';
import type { RewriteLimits } from '../../../layers/platform/lake/plan-rewrite.ts';
import { decodeParquet } from '../../../layers/platform/lake/read-parquet.ts';
import type { Retention } from '../../../layers/platform/lake/retention.ts';
import { versionOf } from '../../../layers/platform/lake/snapshot.ts';
import type { LakeVersion } from '../../../layers/platform/lake/table-version.ts';
import type { ObjectStore } from '../../../layers/platform/object-store.ts';
import { Killed, killAtWrite } from '../../support/failing-object-store.ts';
import { buildEvents, describeColumn, EVENTS_TABLE } from '../../support/lake-tables.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';
import { isSoak } from '../../support/soak.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOON_MS = Date.UTC(2026, 0, 1, 12);
const PER_DAY = 20;
const RETENTION: Retention = { allMs: HOUR_MS, hourlyMs: 7 * DAY_MS };
const LIMITS: RewriteLimits = { rows: 60, bytes: 1_000_000, minFiles: 3 };
const NO_VIEW = Number.POSITIVE_INFINITY;
/** Of the properties, most of which is found by the first histories: a soak takes the rest. */
const RUNS = isSoak ? { any: 2_000, reader: 500 } : { any: 30, reader: 20 };
const PROPERTY_TIMEOUT_MS = isSoak ? 2 * HOUR_MS : 10 * MINUTE_MS;

// A bound on hanging, not on speed: each test takes seconds, and many times that where others share the cores.
jest.setTimeout(5 * MINUTE_MS);

function createWorld() {
  const time = { nowMs: NOON_MS };
  const store = createMemoryObjectStore('memory', () => time.nowMs);
  const open = (through: ObjectStore = store) =>
    LakeTable.open(through, EVENTS_TABLE, { now: () => time.nowMs, newId: randomUUID });
  return { time, store, open };
}

type World = ReturnType<typeof createWorld>;

/** Another with the same objects, of the same age. */
async function copyWorld({ time, store }: World): Promise<World> {
  const copy = createWorld();
  for await (const { key, modifiedAt } of store.list('')) {
    copy.time.nowMs = modifiedAt.getTime();
    await copy.store.put(key, store.objects.get(key) ?? new Uint8Array());
  }
  copy.time.nowMs = time.nowMs;
  return copy;
}

/** Appends the next events, as a compactor does: a lost race starts again from the winner's. */
async function append(world: World, count: number, through?: ObjectStore): Promise<void> {
  const table = await world.open(through);
  for (;;) {
    const base = await table.load();
    const from = Number(base.summary.next_offset ?? 0);
    const files = await table.writeDataFiles(buildEvents(from, count, PER_DAY));
    const summary = { next_offset: String(from + count), 'tidemark.offsets': `{"0":${from + count}}` };
    const attempt = { base, files, summary, writerId: 'compactor', startedAtMs: world.time.nowMs };
    if ((await table.append(attempt)).outcome === 'committed') return;
  }
}

async function rewrite(world: World, through?: ObjectStore) {
  const table = await world.open(through);
  return table.rewrite({ base: await table.load(), writerId: 'maintainer', deadlineMs: NO_VIEW, limits: LIMITS });
}

async function expire(world: World, through?: ObjectStore, readableFrom = NO_VIEW) {
  const table = await world.open(through);
  return table.expire({ base: await table.load(), retention: RETENTION, readableFrom });
}

const sweep = async (world: World, through?: ObjectStore, isDryRun = false) =>
  (await world.open(through)).sweep({ readableFrom: NO_VIEW, isDryRun });

async function maintain(world: World, through?: ObjectStore): Promise<void> {
  await rewrite(world, through);
  await expire(world, through);
  await sweep(world, through);
}

/** The offsets that a snapshot shows, ascending; every other column must be that of the offset. */
async function readOffsets(world: World, version: LakeVersion): Promise<readonly number[]> {
  const { store, open } = world;
  const list = version.currentSnapshot?.['manifest-list'] ?? '';
  const shown = shownOffsets.get(world)?.get(list);
  if (shown && [...shown.read].every(([key, bytes]) => store.objects.get(key) === bytes)) return shown.offsets;
  const read = new Map<string, Uint8Array | undefined>();
  const get = async (key: string) => {
    const bytes = await store.get(key);
    read.set(key, bytes);
    return bytes;
  };
  const table = await open({ ...store, get });
  // What opening takes is the newest version's, not this one's.
  read.clear();
  const offsets = (await table.listFiles(version)).map(async ({ path }) => {
    const bytes = await get(path.slice(store.uri.length + 1));
    if (bytes === undefined) throw new Error(`${path} is gone`);
    return checkedOffsets.get(bytes) ?? checkRows(bytes);
  });
  const sorted = (await Promise.all(offsets)).flat().sort((a, b) => a - b);
  const ofWorld = shownOffsets.get(world) ?? new Map<string, { read: typeof read; offsets: readonly number[] }>();
  shownOffsets.set(world, ofWorld.set(list, { read, offsets: sorted }));
  return sorted;
}

/**
 * What a snapshot showed, by its manifest list, with every object that was read for it: as long as each is the very same,
 * reading again gives the same.
 */
const shownOffsets = new WeakMap<
  World,
  Map<string, { read: ReadonlyMap<string, Uint8Array | undefined>; offsets: readonly number[] }>
>();

/** By the bytes of a data file, which never change. */
const checkedOffsets = new WeakMap<Uint8Array, number[]>();

async function checkRows(bytes: Uint8Array): Promise<number[]> {
  const rows = await decodeParquet(EVENTS_TABLE.columns, bytes);
  const offsets = Array.from(rows._offset as BigInt64Array, Number);
  for (const [index, offset] of offsets.entries()) {
    const produced = buildEvents(offset, 1, PER_DAY);
    const stored = EVENTS_TABLE.columns.map(({ name }) => rows[name]?.[index]);
    expect(stored).toEqual(EVENTS_TABLE.columns.map(({ name }) => produced[name]?.[0]));
  }
  checkedOffsets.set(bytes, offsets);
  return offsets;
}

const firstOffsets = (count: number) => Array.from({ length: count }, (_, offset) => offset);

/** Versions whose metadata is there, ascending. */
function listVersions({ store }: World): number[] {
  const versions = [...store.objects.keys()].flatMap((key) => /\/v(\d+)\.metadata/.exec(key)?.[1] ?? []);
  return versions.map(Number).sort((a, b) => a - b);
}

/**
 * Each offset once below what the summary says, in the newest version and in every snapshot that it still has, which can
 * be pinned by the version that it was committed as.
 */
async function expectExact(world: World): Promise<number> {
  const table = await world.open();
  const newest = await table.load();
  expect(newest.version).toBe(Math.max(...listVersions(world)));
  const count = Number(newest.summary.next_offset ?? 0);
  expect(newest.summary['total-records'] ?? '0').toBe(String(count));
  expect(await readOffsets(world, newest)).toEqual(firstOffsets(count));
  for (const snapshot of newest.metadata.snapshots) {
    const pinned = await table.loadVersion(versionOf(snapshot));
    if (pinned === undefined) throw new Error(`the metadata of version ${versionOf(snapshot)} is gone`);
    expect(pinned.currentSnapshot).toEqual(snapshot);
    expect(await readOffsets(world, pinned)).toEqual(firstOffsets(Number(snapshot.summary.next_offset)));
  }
  return count;
}

async function appendMany(world: World, commits: number, stepMs = MINUTE_MS, rows = 3): Promise<void> {
  for (let commit = 0; commit < commits; commit += 1) {
    await append(world, rows);
    world.time.nowMs += stepMs;
  }
}

describe('rewriting', () => {
  it('makes one file of the small ones of a day, with the same rows and the same summary', async () => {
    const world = createWorld();
    await appendMany(world, 10);
    const table = await world.open();
    const before = await table.load();
    expect((await table.listFiles(before)).length).toBe(11);
    expect(await rewrite(world)).toEqual({ filesBefore: 11, filesAfter: 2, rows: 30, groupsLeft: 0 });
    const after = await table.load();
    expect((await table.listFiles(after)).map(({ recordCount }) => recordCount)).toEqual([20, 10]);
    expect(after.summary).toMatchObject({
      operation: 'replace',
      'writer-id': 'maintainer',
      next_offset: '30',
      'tidemark.offsets': '{"0":30}',
      'added-data-files': '1',
      'total-data-files': '2',
      'total-records': '30',
    });
    expect(after.metadata['last-sequence-number']).toBe(before.metadata['last-sequence-number'] + 2);
    await expectExact(world);
  });

  it('leaves large files and few files alone, and rests when there is nothing to gain', async () => {
    const world = createWorld();
    await appendMany(world, 2);
    expect(await rewrite(world)).toMatchObject({ filesBefore: 0 });
    await appendMany(world, 8);
    await rewrite(world);
    const { version } = await (await world.open()).load();
    expect(await rewrite(world)).toMatchObject({ filesBefore: 0 });
    expect((await (await world.open()).load()).version).toBe(version);
  });

  it('begins no group after the deadline', async () => {
    const world = createWorld();
    await appendMany(world, 20);
    const table = await world.open();
    const base = await table.load();
    const report = await table.rewrite({ base, writerId: 'm', deadlineMs: world.time.nowMs, limits: LIMITS });
    expect(report).toEqual({ filesBefore: 0, filesAfter: 0, rows: 0, groupsLeft: 3 });
  });

  it('rewrites a row a logarithmic number of times, however often it runs', async () => {
    const world = createWorld();
    const table = await world.open();
    let rewritten = 0;
    const limits = { rows: 1_000_000, bytes: 32 * 1024 * 1024, minFiles: 5 };
    for (let run = 0; run < 40; run += 1) {
      for (let commit = 0; commit < 5; commit += 1) {
        const base = await table.load();
        const from = Number(base.summary.next_offset ?? 0);
        const files = await table.writeDataFiles(buildEvents(from, 20, 1_000_000));
        const summary = { next_offset: String(from + 20) };
        await table.append({ base, files, summary, writerId: 'w', startedAtMs: world.time.nowMs });
      }
      const work = { base: await table.load(), writerId: 'm', deadlineMs: NO_VIEW, limits };
      rewritten += (await table.rewrite(work)).rows;
    }
    expect((await table.listFiles(await table.load())).length).toBeLessThan(25);
    expect(rewritten).toBeLessThan(4_000 * 5);
  });

  it('does not cost a compactor its work: the append follows the rewrite', async () => {
    const world = createWorld();
    await appendMany(world, 5);
    world.time.nowMs += 100 * MINUTE_MS;
    await append(world, 3);
    const table = await world.open();
    const base = await table.load();
    const files = await table.writeDataFiles(buildEvents(18, 3, PER_DAY));
    expect((await rewrite(world)).filesBefore).toBeGreaterThan(0);
    expect((await expire(world)).length).toBeGreaterThan(0);
    const summary = { next_offset: '21' };
    const attempt = { base, files, summary, writerId: 'slow', startedAtMs: world.time.nowMs };
    expect(await table.append(attempt)).toMatchObject({ outcome: 'committed' });
    expect(await expectExact(world)).toBe(21);
  });

  it('costs a compactor its work where the events before the rewrite are not its own, even if their snapshots are gone', async () => {
    const world = createWorld();
    const table = await world.open();
    const base = await table.load();
    const files = await table.writeDataFiles(buildEvents(0, 3, PER_DAY));
    await appendMany(world, 5);
    expect((await rewrite(world)).filesBefore).toBeGreaterThan(0);
    world.time.nowMs += MINUTE_MS;
    const keepNone: Retention = { allMs: 0, hourlyMs: 0 };
    await table.expire({ base: await table.load(), retention: keepNone, readableFrom: NO_VIEW });
    const attempt = { base, files, summary: {}, writerId: 'slow', startedAtMs: world.time.nowMs };
    expect(await table.append(attempt)).toMatchObject({ outcome: 'conflict' });
  });

  it('gives way where another maintainer has rewritten the same files', async () => {
    const world = createWorld();
    await appendMany(world, 6);
    const [one, two] = await Promise.all([rewrite(world), rewrite(world)]);
    expect(one.filesBefore + two.filesBefore).toBe(6);
    await expectExact(world);
  });
});

describe('expiry', () => {
  it('keeps what was current within the hour and at each full hour of a week, and nothing else', async () => {
    const world = createWorld();
    await appendMany(world, 200, 3 * MINUTE_MS, 1);
    world.time.nowMs = NOON_MS + 10 * HOUR_MS;
    await expire(world);
    const newest = await (await world.open()).load();
    const times = newest.metadata.snapshots.map((snapshot) => (snapshot['timestamp-ms'] - NOON_MS) / MINUTE_MS);
    const hours = Array.from({ length: 9 }, (_, hour) => 60 * (hour + 1));
    const lastHour = Array.from({ length: 20 }, (_, index) => 600 - 60 + index * 3);
    expect(times).toEqual([...new Set([...hours, 540, ...lastHour])].sort((a, b) => a - b));
    expect(newest.metadata['snapshot-log'].length).toBeLessThanOrEqual(21);
    await expectExact(world);
    world.time.nowMs += 8 * DAY_MS;
    await expire(world);
    expect((await (await world.open()).load()).metadata.snapshots).toHaveLength(1);
  });

  it('keeps everything that a view may still show', async () => {
    const world = createWorld();
    await appendMany(world, 30);
    world.time.nowMs += 10 * DAY_MS;
    await expire(world, world.store, 20);
    const newest = await (await world.open()).load();
    expect(newest.metadata.snapshots.map(versionOf)).toEqual(Array.from({ length: 12 }, (_, index) => 20 + index));
  });

  it('commits nothing where nothing is due', async () => {
    const world = createWorld();
    await appendMany(world, 5);
    expect(await expire(world)).toEqual([]);
    expect((await (await world.open()).load()).version).toBe(6);
  });
});

describe('sweeping', () => {
  it('removes files of expired snapshots and orphans after a day, and nothing before', async () => {
    const world = createWorld();
    await appendMany(world, 12);
    const table = await world.open();
    await table.writeDataFiles(buildEvents(1_000, 40, PER_DAY));
    await rewrite(world);
    world.time.nowMs += 2 * HOUR_MS;
    await expire(world);
    expect(await sweep(world)).toEqual({ dataFiles: 0, manifests: 0, metadataFiles: 0, bytes: 0 });
    world.time.nowMs += 7 * DAY_MS + 2 * HOUR_MS;
    await expire(world);
    const planned = await sweep(world, world.store, true);
    const removed = await sweep(world);
    expect(removed).toEqual(planned);
    expect(removed.dataFiles).toBeGreaterThan(12);
    const left = [...world.store.objects.keys()].filter((key) => key.endsWith('.parquet'));
    expect(left).toHaveLength((await table.listFiles(await table.load())).length);
    await expectExact(world);
  });

  it('by a maintainer whose clock is days ahead leaves the files of a writer at work', async () => {
    const world = createWorld();
    await appendMany(world, 3);
    const table = await world.open();
    const base = await table.load();
    const files = await table.writeDataFiles(buildEvents(9, 3, PER_DAY));
    const daysAhead = () => world.time.nowMs + 3 * DAY_MS;
    const maintainer = await LakeTable.open(world.store, EVENTS_TABLE, { now: daysAhead, newId: randomUUID });

    const removed = await maintainer.sweep({ readableFrom: NO_VIEW, isDryRun: false });

    expect(removed).toMatchObject({ dataFiles: 0, manifests: 0, metadataFiles: 0 });
    const attempt = { base, files, summary: { next_offset: '12' }, writerId: 'slow', startedAtMs: world.time.nowMs };
    expect(await table.append(attempt)).toMatchObject({ outcome: 'committed' });
    expect(await expectExact(world)).toBe(12);
  });

  it('removes metadata a day after it was replaced, but never the first', async () => {
    const world = createWorld();
    await appendMany(world, 5);
    world.time.nowMs += 8 * DAY_MS;
    await append(world, 1);
    await expire(world);
    expect((await sweep(world)).metadataFiles).toBe(4);
    expect(listVersions(world)).toEqual([1, 6, 7, 8]);
    await world.store.delete(`${(await world.open()).location}metadata/version-hint.text`);
    expect((await (await world.open()).load()).version).toBe(8);
  });

  it('leaves the metadata of each hour that is kept, with gaps between', async () => {
    const world = createWorld();
    await appendMany(world, 13, 10 * MINUTE_MS);
    world.time.nowMs += 2 * DAY_MS;
    await append(world, 1);
    await maintain(world);
    // Begun at noon, with version 2: those that stood at 13:00 and from 14:00 on.
    expect(listVersions(world).filter((version) => version < 15)).toEqual([1, 8, 14]);
    await expectExact(world);
  });

  it.each([2, 8, 9, 14, 15])(
    'leads no reader astray who begins at version %i, above which there is a gap',
    async (hint) => {
      const world = createWorld();
      await appendMany(world, 13, 10 * MINUTE_MS);
      world.time.nowMs += 2 * DAY_MS;
      await append(world, 1);
      await maintain(world);
      await world.store.put(`${(await world.open()).location}metadata/version-hint.text`, Buffer.from(String(hint)));
      await append(world, 1);
      expect(await expectExact(world)).toBe(41);
    },
  );

  it.each([
    ['all around it is gone', 3, MINUTE_MS],
    ['the version above it is kept as that of a full hour', 3, 25 * MINUTE_MS],
  ])(
    'never gives the number of a removed version to a writer that stood still for days: %s',
    async (_, commits, stepMs) => {
      const world = createWorld();
      await appendMany(world, 3);
      const late = append(world, 2, sleepBeforeCommit(world, { commits, stepMs, sleepMs: 3 * DAY_MS }));
      await expect(late).rejects.toThrow('version 5 is long gone, the newest is');
      expect(await expectExact(world)).toBe(19);
      await append(world, 1);
      expect(await expectExact(world)).toBe(20);
    },
  );

  it('recognises its own version after days, when it was committed and only the answer was late', async () => {
    const world = createWorld();
    await appendMany(world, 3);
    const asleep: ObjectStore = {
      ...world.store,
      async putIfAbsent(key, body) {
        const outcome = await world.store.putIfAbsent(key, body);
        await appendMany(world, 3);
        world.time.nowMs += DAY_MS - HOUR_MS;
        await maintain(world);
        return outcome;
      },
    };
    expect(await append(world, 2, asleep)).toBeUndefined();
    expect(await expectExact(world)).toBe(20);
  });
});

/** The process falls asleep between its look at the clock and its commit, while others go on. */
function sleepBeforeCommit(world: World, others: { commits: number; stepMs: number; sleepMs: number }): ObjectStore {
  let isRested = false;
  return {
    ...world.store,
    async putIfAbsent(key, body) {
      if (isRested) return world.store.putIfAbsent(key, body);
      isRested = true;
      await appendMany(world, others.commits, others.stepMs);
      world.time.nowMs += others.sleepMs;
      await append(world, 1);
      await maintain(world);
      return world.store.putIfAbsent(key, body);
    },
  };
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), rows: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('rewrite' as const, 'expire' as const, 'sweep' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('maintain' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('together' as const), rows: fc.integer({ min: 1, max: 9 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(MINUTE_MS, HOUR_MS, DAY_MS, 8 * DAY_MS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('oversleep' as const),
      commits: fc.integer({ min: 0, max: 4 }),
      stepMs: fc.constantFrom(MINUTE_MS, 25 * MINUTE_MS, HOUR_MS),
      sleepMs: fc.constantFrom(MINUTE_MS, DAY_MS, 2 * DAY_MS, 8 * DAY_MS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('hint' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);
const crash = fc.option(
  fc.record({ write: fc.integer({ min: 1, max: 25 }), when: fc.constantFrom('before' as const, 'after' as const) }),
  { nil: undefined },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function take(world: World, what: Step, through: ObjectStore): Promise<void> {
  if (what.do === 'append') await append(world, what.rows, through);
  if (what.do === 'rewrite') await rewrite(world, through);
  if (what.do === 'expire') await expire(world, through);
  if (what.do === 'sweep') await sweep(world, through);
  if (what.do === 'maintain') await maintain(world, through);
  if (what.do === 'wait') world.time.nowMs += what.ms;
  if (what.do === 'oversleep') await oversleep(world, what);
  if (what.do === 'hint') await leaveOldHint(world, what.share);
  if (what.do === 'together') {
    await finishAll([append(world, what.rows, through), maintain(world, through), maintain(world)]);
  }
}

/** Whoever comes late is told so, or starts again from what the others have committed. */
async function oversleep(world: World, others: { commits: number; stepMs: number; sleepMs: number }): Promise<void> {
  try {
    await append(world, 1, sleepBeforeCommit(world, others));
  } catch (error) {
    if (!(error instanceof TidemarkError && error.retryable)) throw error;
  }
}

/** As a writer does who fell asleep after its commit: the hint names any version that is still there. */
async function leaveOldHint(world: World, share: number): Promise<void> {
  const versions = listVersions(world);
  const hint = versions[Math.floor(share * (versions.length - 1))];
  await world.store.put(`${(await world.open()).location}metadata/version-hint.text`, Buffer.from(String(hint)));
}

/**
 * Waits for all, also where one has died: the others are at work until then, and what they remove beside a check is not
 * the check's. The worst error is thrown: a death only where there is no other.
 */
async function finishAll(works: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(works);
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (errors.length > 0) throw errors.find((error) => !(error instanceof Killed)) ?? errors[0];
}

/** Those who die leave the others at work: the step ends when all have. */
async function takeUntilKilled(world: World, what: Step, through: ObjectStore): Promise<void> {
  try {
    await take(world, what, through);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
}

describe('any order of appends, rewrites, expiries and sweeps, with a crash at any write', () => {
  it(
    'leaves each row once, in the newest version and in every snapshot that is kept',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(step, crash), { minLength: 5, maxLength: 30 }), async (steps) => {
          const world = createWorld();
          let least = 0;
          for (const [what, at] of steps) {
            await takeUntilKilled(world, what, killAtWrite(world.store, at).store);
            world.time.nowMs += MINUTE_MS;
            const count = await expectExact(world);
            expect(count).toBeGreaterThanOrEqual(least);
            least = count;
          }
        }),
        { numRuns: RUNS.any },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    'lets a reader finish within the hour, whatever is rewritten, expired and removed meanwhile',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
          const world = createWorld();
          await appendMany(world, 4);
          world.time.nowMs += 3 * DAY_MS;
          const reader = await (await world.open()).load();
          const deadlineMs = world.time.nowMs + HOUR_MS;
          for (const what of steps) {
            const isWithin = what.do !== 'oversleep' && (what.do !== 'wait' || world.time.nowMs + what.ms < deadlineMs);
            if (isWithin) await takeUntilKilled(world, what, world.store);
            expect(await readOffsets(world, reader)).toEqual(firstOffsets(12));
          }
        }),
        { numRuns: RUNS.reader },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});

describe('a maintainer killed before or after any of its writes', () => {
  it('leaves the table exact, and the next one finishes', async () => {
    const prepared = createWorld();
    await appendMany(prepared, 8);
    prepared.time.nowMs += 9 * DAY_MS;
    await append(prepared, 2);
    const whole = await copyWorld(prepared);
    const counted = killAtWrite(whole.store);
    await maintain(whole, counted.store);
    expect(counted.writes()).toBeGreaterThan(15);
    // After one write is before the next: the store is the same.
    const kills = Array.from({ length: counted.writes() }, (_, index) => ({
      write: index + 1,
      when: 'before' as const,
    }));
    for (const kill of [...kills, { write: counted.writes(), when: 'after' as const }]) {
      const world = await copyWorld(prepared);
      await expect(maintain(world, killAtWrite(world.store, kill).store)).rejects.toBeInstanceOf(Killed);
      expect(await expectExact(world)).toBe(26);
      await maintain(world);
      expect(await expectExact(world)).toBe(26);
    }
  });
});

describe('decoding a data file', () => {
  const types: [LakeType, LakeValue[]][] = [
    ['timestamptz', [-1n, 1_700_000_000_000_001n, 0n]],
    ['timestamp', [1_700_000_000_000_001n, null, -5n]],
    ['int', [-(2 ** 31), null, 7]],
    ['long', [2n ** 63n - 1n, null, -(2n ** 63n)]],
    ['decimal(9,2)', [-1n, null, 999_999_999n]],
    ['decimal(18,4)', [-(10n ** 17n), null, 10_000n]],
    ['decimal(38,8)', [-(10n ** 37n) - 1n, null, 10n ** 37n]],
    ['date', [-1, null, 20_000]],
    ['double', [0.1, null, -1e300]],
    ['boolean', [true, null, false]],
    ['string', ['Tee \u0000 日本', null, '']],
    ['binary', [Uint8Array.of(0, 255, 10, 10), null, new Uint8Array()]],
    ['uuid', ['f79c3e09-677c-4bbd-a479-3f349cb785e7', null, '00000000-0000-4000-8000-000000000000']],
  ];

  it.each(types)('gives every value of %s as it was, and nulls', async (type, values) => {
    const column = { ...describeColumn(1, 'value', type), required: false };
    const required = { ...describeColumn(2, 'filled', type), required: true };
    const filled = values.map((value) => value ?? values[0]);
    const { bytes } = await encodeParquet([column, required], { value: values, filled });
    const rows = await decodeParquet([column, required], bytes);
    const plain = (name: string) =>
      Array.from(rows[name] as readonly LakeValue[], (value) =>
        value instanceof Uint8Array ? Uint8Array.from(value) : value,
      );
    expect([plain('value'), plain('filled')]).toEqual([values, filled]);
  });

  it('of 1,000 equal binaries, which are stored once, gives them all', async () => {
    const column = { ...describeColumn(1, 'value', 'binary'), required: false };
    const value = Array.from({ length: 1_000 }, (_, row) => (row % 7 === 0 ? null : Uint8Array.of(200, row % 3)));
    const { bytes } = await encodeParquet([column], { value });
    const decoded = Array.from((await decodeParquet([column], bytes)).value as readonly LakeValue[], (item) =>
      item instanceof Uint8Array ? Uint8Array.from(item) : item,
    );
    expect(decoded).toEqual(value);
  });

  it('refuses one of other columns', async () => {
    const world = createWorld();
    await append(world, 1);
    const key = [...world.store.objects.keys()].find((candidate) => candidate.endsWith('.parquet')) ?? '';
    const bytes = (await world.store.get(key)) ?? new Uint8Array();
    const decoding = decodeParquet(EVENTS_TABLE.columns.slice(1), bytes);
    await expect(decoding).rejects.toThrow(TidemarkError);
  });
});
