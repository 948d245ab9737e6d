import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { domains } from '@tidemark/domains/index';
import { rebuildStream } from '../../../functions/batch/rebuild/rebuild-stream.ts';
import { isClean } from '../../../functions/batch/reconcile/ledger.ts';
import { reconcileStream } from '../../../functions/batch/reconcile/reconcile-stream.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { NOON_MS, poisonRecord, type StoredRecord } from '../../support/retail-records.ts';

/** A stream whose events carry an id: bronze has every record, silver each event once. */

const hotRetentionMs = 90 * 86_400_000;
let real: RealWorld;
let world: World;

/** The n-th event; those of one id are repeats of it. */
function click(n: number, id = n): StoredRecord {
  const timestamp = NOON_MS + n * 1000;
  const event = {
    event_id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    user_id: id % 5,
    event_type: 'click',
    page: '/home',
    timestamp: new Date(NOON_MS + id * 1000).toISOString(),
    source: 'web',
  };
  return { key: Buffer.from(String(event.user_id)), value: Buffer.from(JSON.stringify(event)), headers: [], timestamp };
}

const clicks = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => click(from + index));

/** Partition 0: 0-19 with repeats of 3 and 5 and a dead letter in the lake, then 23-32 hot with a repeat of 4. */
beforeAll(async () => {
  real = await startRealWorld();
  world = await real.reset({ partitions: 2, streamName: 'user_events' });
  world.produce(0, [...clicks(0, 20), click(20, 3), click(21, 5), poisonRecord(22)]);
  world.produce(1, [...clicks(100, 110), click(110, 7)]);
  await world.deliverAll();
  await world.compact();
  await world.refreshGold();
  world.produce(0, [...clicks(200, 209), click(209, 4)]);
  await world.deliverAll();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop(), 60_000);

const reconcile = () => reconcileStream(world.declaration, { isFull: true, hotRetentionMs }, world.deps);

async function readAnswers() {
  const [unified] = await world.ask(
    'SELECT count() AS events, uniqExact(event_id) AS ids FROM realtime.user_events_unified',
  );
  const gold = await world.ask('SELECT * FROM gold.daily_active_users ORDER BY event_date');
  return { unified, gold: gold.map(({ updated_at, ...row }) => row) };
}

describe('a stream with event ids', () => {
  it('has its repeats in an account of their own, and is clean', async () => {
    const { partitions } = await reconcile();

    expect(partitions.map(({ accounts }) => accounts)).toMatchObject([
      { lake: 20, repeats: 2, dead_letters: 1, hot: 10, gap: 0 },
      { lake: 10, repeats: 1, dead_letters: 0, hot: 0, gap: 0 },
    ]);
    expect(partitions.every(isClean)).toBe(true);
  }, 120_000);

  it('is rebuilt as it was', async () => {
    const before = await readAnswers();
    const [domain] = domains.filter(({ name }) => name === 'user_events');
    if (domain === undefined) throw new Error('no domain');
    const { hotTable, database } = world.stream;
    await world.clickhouse.command(`DROP TABLE ${database}.${hotTable}`);
    await world.clickhouse.command('DELETE FROM tidemark.dead_letters WHERE true');

    const input = { what: 'all', isDryRun: false, hotRetentionMs } as const;
    const report = await rebuildStream(domain, world.declaration, input, world.deps);

    expect(report.reconcile).toMatchObject({ is_clean: true });
    expect(await readAnswers()).toEqual(before);
  }, 120_000);

  it('knows its repeats again after the tables of its ids were lost', async () => {
    const before = await readAnswers();
    const [domain] = domains.filter(({ name }) => name === 'user_events');
    if (domain === undefined) throw new Error('no domain');
    const rebuild = (isDryRun: boolean) =>
      rebuildStream(domain, world.declaration, { what: 'hot', isDryRun, hotRetentionMs }, world.deps);
    // As a start leaves it after the table was dropped.
    await world.clickhouse.command('TRUNCATE TABLE tidemark.event_identities');
    expect(await readAnswers()).not.toEqual(before);

    expect((await rebuild(true)).hot).toMatchObject({ identities_from_lake: 30 });
    expect((await rebuild(false)).hot).toMatchObject({ identities_from_lake: 30 });
    expect(await readAnswers()).toEqual(before);
    expect((await rebuild(false)).hot).toMatchObject({ identities_from_lake: 0 });

    await world.clickhouse.command('DROP TABLE tidemark.event_identities');
    await world.clickhouse.command('DROP TABLE tidemark.identity_registrations');
    await rebuild(false);
    expect(await readAnswers()).toEqual(before);
    expect(await world.ask('SELECT count() AS ids FROM tidemark.event_identities')).toEqual([{ ids: 30 }]);
  }, 120_000);

  it('names silver rows that were lost, and no repeat', async () => {
    for (const key of await world.listLakeFiles()) await world.store.delete(key);

    const { partitions } = await reconcile();

    const reason = 'received, but not among the events of the lake';
    expect(partitions.map(({ gaps }) => gaps)).toEqual([[{ from: 0, to: 22, reason }], [{ from: 0, to: 11, reason }]]);
  }, 120_000);
});
