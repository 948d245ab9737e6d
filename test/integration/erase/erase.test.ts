import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { domains } from '@tidemark/domains/index';
import { compactStream } from '../../../functions/batch/compact/compact-stream.ts';
import { defineEventsTable, defineRecordsTable } from '../../../functions/batch/compact/lake-definitions.ts';
import { eraseSubject } from '../../../functions/batch/erase/erase-subject.ts';
import { type ErasureRequest, requestErasure } from '../../../functions/batch/erase/request-erasure.ts';
import { maintainStream } from '../../../functions/batch/maintain-lake/maintain-stream.ts';
import { rebuildStream } from '../../../functions/batch/rebuild/rebuild-stream.ts';
import { isClean } from '../../../functions/batch/reconcile/ledger.ts';
import { reconcileStream } from '../../../functions/batch/reconcile/reconcile-stream.ts';
import { findPastSnapshot } from '../../../functions/serving/query/as-of.ts';
import { createIngest } from '../../../functions/speed/ingest/ingest-records.ts';
import { LakeTable } from '../../../layers/platform/lake/lake-table.ts';
import { silentLog } from '../../support/compaction.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { kafkaEventOf, NOON_MS, type StoredRecord } from '../../support/retail-records.ts';
import { isSoak } from '../../support/soak.ts';
import { idOf } from '../../support/user-event-model.ts';

jest.setTimeout(isSoak ? 3_600_000 : 180_000);

/** Each run gets so many writes further than the one that was killed before it. */
const STRIDE = isSoak ? 1 : 37;
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const hot = 'realtime.user_events_realtime';

let real: RealWorld;
let world: World;
let clockMs: number;

beforeAll(async () => {
  real = await startRealWorld();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop(), 60_000);

function eventOf(user: number | string, n: number, page = '/home'): StoredRecord {
  const event = {
    event_id: idOf(n),
    user_id: user,
    event_type: 'purchase',
    page,
    timestamp: '2026-11-21T12:00:00',
    source: 'web',
  };
  const headers: StoredRecord['headers'] = [];
  return { key: Buffer.from(String(user)), value: Buffer.from(JSON.stringify(event)), headers, timestamp: NOON_MS + n };
}

/** No JSON: only the key tells whose it is. */
const scrapOf = (user: number): StoredRecord => ({ ...eventOf(user, 0), value: Buffer.from(`scrap of ${user}`) });

const deps = () => ({ ...world.deps, clock: () => clockMs });
const domain = () => domains.find(({ name }) => name === 'user_events') as (typeof domains)[number];
const erase = (request: ErasureRequest, dryRun = false, more = {}) =>
  eraseSubject(world.declaration, { ...request, dryRun }, Number.POSITIVE_INFINITY, { ...deps(), ...more });
const user42 = { column: 'user_id', value: '42' };

const letFloorStand = () =>
  world.clickhouse.command(
    `INSERT INTO tidemark.snapshot_floors (stream, floor, raised_at)
     SELECT stream, max(floor), now64(3) - INTERVAL 1 HOUR FROM tidemark.snapshot_floors GROUP BY stream`,
  );

/** What every reader sees: events by user, and gold. */
const answers = async () => ({
  events: await world.ask('SELECT user_id, count() AS n FROM realtime.user_events_unified GROUP BY ALL ORDER BY ALL'),
  gold: await world.ask('SELECT user_id, event_count AS n FROM gold.user_activity_per_user_daily ORDER BY ALL'),
  active: await world.ask('SELECT dau_count FROM gold.daily_active_users'),
});

const maintain = () => {
  const input = { hotRetentionMs: WEEK_MS, historyMs: WEEK_MS, deadlineMs: Number.POSITIVE_INFINITY, isDryRun: false };
  return maintainStream(world.declaration, input, deps());
};

/** The snapshots that time travel answers for, oldest first. */
const readKept = async () =>
  (
    await world.ask<{ snapshot: number }>(
      'SELECT snapshot FROM tidemark.lake_snapshots FINAL WHERE is_readable ORDER BY snapshot',
    )
  ).map(({ snapshot }) => snapshot);

const past = (snapshot: number) => findPastSnapshot(real.reader, 'user_events', { snapshot }, 99);

const reconcile = async () =>
  reconcileStream(world.declaration, { isFull: true, hotRetentionMs: 90 * 24 * HOUR_MS }, world.deps);

/** Bytes of every object of the lake that is not a data file, and every row of its data files. */
async function lakeHolds(text: string): Promise<string[]> {
  const holding: string[] = [];
  for (const definition of [defineEventsTable(world.stream), defineRecordsTable(world.stream)]) {
    const table = await LakeTable.open(world.store, definition, { now: deps().clock, newId: world.deps.newId });
    for await (const { key } of world.store.list(table.location)) {
      if (Buffer.from((await world.store.get(key)) ?? []).includes(text)) holding.push(key);
    }
  }
  return holding;
}

/**
 * User 42 in three snapshots, with a repeat, a malformed event and a scrap; in the hot tail, and beside others.
 * Each snapshot is of another hour, so that time travel keeps it.
 */
async function buildHistory(): Promise<void> {
  clockMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS + 60_000;
  world = await real.reset({ streamName: 'user_events' });
  const pieces = [
    [eventOf(7, 1), eventOf(8, 2)],
    [eventOf(42, 3, '/secret-page'), eventOf(7, 4), eventOf(42, 3, '/secret-page'), scrapOf(42), eventOf('42', 5)],
    [eventOf(42, 6, '/secret-page'), eventOf(8, 7), scrapOf(7)],
  ];
  for (const piece of pieces) {
    world.produce(0, piece);
    world.produce(1, [eventOf(9, 100 + (clockMs % 1000) + pieces.indexOf(piece))]);
    await world.deliverAll();
    const input = { toOffsets: undefined, deadlineMs: Number.POSITIVE_INFINITY };
    await compactStream(world.declaration, input, deps());
    await world.refreshGold({ clock: deps().clock });
    clockMs += HOUR_MS;
  }
  world.produce(0, [eventOf(42, 8, '/secret-page'), eventOf(8, 9)]);
  await world.deliverAll();
}

const others = [
  { user_id: 7, n: 2 },
  { user_id: 8, n: 3 },
  { user_id: 9, n: 3 },
];

/** From here to the end of the next block the tests are steps of one history, since each history takes seconds. */
describe('an erasure', () => {
  beforeAll(async () => {
    await buildHistory();
    await maintain();
  }, 180_000);

  it('says in a dry run what it would find, and changes nothing', async () => {
    const before = await answers();
    const { erasures } = await erase(user42, true);
    expect(erasures[0]).toMatchObject({
      state: 'dry_run',
      found: { lake_events: 2, lake_records: 4, hot: 4 },
    });
    expect(await answers()).toEqual(before);
    expect(await world.ask('SELECT 1 FROM tidemark.erasures')).toEqual([]);
  });

  it('makes a subject vanish from every answer, then from every place, with a proof', async () => {
    const [, second = 0] = await readKept();
    expect((await past(second)).snapshot).toBe(second);
    const report = await erase(user42);
    expect(report.erasures[0]?.state).toBe('vanished');
    expect(await answers()).toEqual({ events: others, gold: others, active: [{ dau_count: 3 }] });
    await expect(past(second)).rejects.toMatchObject({ status: 410 });

    await letFloorStand();
    const { erasures } = await erase({});
    expect(erasures[0]).toMatchObject({ state: 'finished', proof: { is_clean: true, kafka_partitions: [0, 1] } });
    // Four events, one of them a repeat, and a malformed one whose field still tells; the scrap tells only by its key.
    expect(erasures[0]?.proof?.erased_records).toBe(5);
    expect(await answers()).toEqual({ events: others, gold: others, active: [{ dau_count: 3 }] });
    expect(await lakeHolds('/secret-page')).toEqual([]);
    expect(await lakeHolds(idOf(3).slice(-12))).toEqual([]);
    expect(await world.ask(`SELECT 1 FROM ${hot} WHERE user_id = 42`)).toEqual([]);
    const ledger = await reconcile();
    expect(
      ledger.partitions.map(({ accounts, gaps, doubles, mismatches }) => ({ accounts, gaps, doubles, mismatches })),
    ).toMatchObject([
      { accounts: { erased: 5, gap: 0 }, gaps: [], doubles: [], mismatches: [] },
      { accounts: { erased: 0, gap: 0 }, gaps: [], doubles: [], mismatches: [] },
    ]);
    expect([...ledger.missingFiles, ...ledger.partitions.filter((each) => !isClean(each))]).toEqual([]);
  });

  it('stores neither the value nor anything that the subject said', async () => {
    const rows = await world.ask('SELECT * FROM tidemark.erasures');
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toMatch(/"42"|secret/);
  });
});

describe('what was erased does not come back', () => {
  it('by time travel: snapshots that held it are gone, others answer', async () => {
    await maintain();
    const gone = await world.ask<{ snapshot: number }>(
      'SELECT snapshot FROM tidemark.lake_snapshots FINAL WHERE NOT is_readable',
    );
    const [first = 0] = await readKept();
    expect(gone.length).toBeGreaterThan(0);
    for (const { snapshot } of gone) await expect(past(snapshot)).rejects.toMatchObject({ status: 410 });
    expect((await past(first)).snapshot).toBe(first);
    expect(await world.ask(`SELECT count() AS n FROM ${await pinOf(first)}`)).toEqual([{ n: 3 }]);
  });

  it('by a rebuild, a redelivery from the beginning, or a replay that overtook it', async () => {
    await rebuildStream(
      domain(),
      world.declaration,
      { what: 'all', isDryRun: false, hotRetentionMs: WEEK_MS },
      world.deps,
    );
    const ingest = createIngest(world.stream, { clickhouse: world.clickhouse, log: silentLog });
    for (const partition of [0, 1]) {
      const to = world.kafka.partitions[partition]?.length ?? 0;
      const range = { topic: world.stream.topic, partition, from: 0, to };
      for await (const { records } of world.kafka.read(range)) await ingest(kafkaEventOf(records));
    }
    const origin = ['tidemark-replay-of', Buffer.from('user-events/0/5')] as const;
    world.produce(0, [{ ...eventOf(42, 50, '/secret-page'), headers: [origin] }]);
    for await (const { records } of world.kafka.read({ topic: world.stream.topic, partition: 0, from: 12, to: 13 })) {
      await ingest(kafkaEventOf(records));
    }
    world.kafka.committedOffsets.set(0, 13);
    await world.compact();
    await world.refreshGold();

    expect(await answers()).toEqual({ events: others, gold: others, active: [{ dau_count: 3 }] });
    expect(await world.ask(`SELECT 1 FROM ${hot} WHERE user_id = 42`)).toEqual([]);
    expect((await reconcile()).partitions[0]?.accounts).toMatchObject({ erased: 6, gap: 0 });
  });

  it('but a later event of the same subject is stored', async () => {
    world.produce(0, [eventOf(42, 60)]);
    await world.deliverAll();
    const later = [...others, { user_id: 42, n: 1 }];
    expect((await answers()).events).toEqual(later);
    await world.compact();
    await world.refreshGold();
    expect(await answers()).toMatchObject({ events: later, gold: later });
  });
});

describe('a request', () => {
  it('by key finds dead letters whose bytes name nobody, by position one record, for a stranger nothing', async () => {
    await buildHistory();
    // The hot tail is not compacted yet, so the lake moves on although nothing is found in it.
    expect((await erase({ column: 'user_id', value: '999' })).erasures[0]?.state).toBe('vanished');
    await requestErasure(world.stream, { positions: [{ partition: 0, offset: 3 }] }, { ...deps(), isDryRun: false });
    await erase({ column: '_key', value: '42' });
    await letFloorStand();
    const { erasures } = await erase({});

    expect(erasures.map(({ proof }) => [proof?.is_clean, proof?.erased_records])).toEqual([
      [true, 0],
      [true, 1],
      [true, 6],
    ]);
    expect(await world.ask('SELECT key FROM tidemark.dead_letters FINAL')).toEqual([{ key: '7' }]);
    expect((await reconcile()).partitions[0]?.accounts.erased).toBe(7);
  });

  it('for what no record has is refused', async () => {
    await expect(erase({ positions: [{ partition: 0, offset: 99 }] })).rejects.toThrow('does not reach offset 99');
    await expect(erase({ column: 'page', value: '/home' })).rejects.toThrow('column: one of user_id, event_id, _key');
  });
});

describe('an erasure that is killed', () => {
  it('after any write ends alike when it is invoked again', async () => {
    await buildHistory();
    let writes = 0;
    let isDead = false;
    const killAt = (limit: number) => {
      const count =
        <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
        async (...args: Args): Promise<Result> => {
          writes += 1;
          isDead ||= writes > limit;
          if (isDead) throw new Error('killed');
          return call(...args);
        };
      const { clickhouse, store } = world.deps;
      return {
        clickhouse: { ...clickhouse, insert: count(clickhouse.insert), command: count(clickhouse.command) },
        store: { ...store, put: count(store.put), putIfAbsent: count(store.putIfAbsent), delete: count(store.delete) },
      };
    };
    for (let limit = 1, isWhole = false; !isWhole; limit += STRIDE) {
      writes = 0;
      isDead = false;
      isWhole = await erase(limit === 1 ? user42 : {}, false, killAt(limit)).then(
        ({ erasures }) => erasures.every(({ state }) => state !== 'requested'),
        () => false,
      );
    }
    await letFloorStand();
    for (let limit = 1, isWhole = false; !isWhole; limit += STRIDE) {
      writes = 0;
      isDead = false;
      isWhole = await erase({}, false, killAt(limit)).then(
        () => true,
        () => false,
      );
    }
    expect(await world.ask("SELECT count() AS n FROM tidemark.erasures WHERE status = 'finished'")).toEqual([{ n: 1 }]);
    expect(await answers()).toEqual({ events: others, gold: others, active: [{ dau_count: 3 }] });
    expect(await lakeHolds('/secret-page')).toEqual([]);
    expect((await reconcile()).partitions.filter((each) => !isClean(each))).toEqual([]);
  });

  it('or runs twice at once changes nothing more', async () => {
    await buildHistory();
    await Promise.all([erase(user42), erase(user42)]);
    await letFloorStand();
    await Promise.all([erase({}), erase({})]);
    await erase({});
    expect(await answers()).toEqual({ events: others, gold: others, active: [{ dau_count: 3 }] });
    expect((await reconcile()).partitions.filter((each) => !isClean(each))).toEqual([]);
  });
});

async function pinOf(snapshot: number): Promise<string> {
  const rows = await world.ask<{ lake_table: string }>(
    `SELECT lake_table FROM tidemark.lake_snapshots FINAL WHERE snapshot = ${snapshot}`,
  );
  return rows[0]?.lake_table ?? '';
}
