import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isClean, type PartitionLedger } from '../../../functions/batch/reconcile/ledger.ts';
import { reconcileStream } from '../../../functions/batch/reconcile/reconcile-stream.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { poisonRecord, salesOf } from '../../support/retail-records.ts';

jest.setTimeout(60_000);

let real: RealWorld;
let world: World;

beforeAll(async () => {
  real = await startRealWorld();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop(), 60_000);

/**
 * Partition 0: offsets 0-99 in the lake but for a dead letter at 50 and a marker at 51; 100-119 hot, a dead letter at
 * 120, a marker at 121, and 122-124 not delivered. Partition 1: 40 in the lake.
 */
beforeEach(async () => {
  world = await real.reset({ partitions: 2 });
  world.produce(0, [...salesOf(0, 50), poisonRecord(50), 'marker', ...salesOf(52, 100)]);
  world.produce(1, salesOf(200, 240));
  await world.deliverAll();
  await world.compact();
  world.produce(0, [...salesOf(100, 120), poisonRecord(120), 'marker']);
  await world.deliverAll();
  world.produce(0, salesOf(122, 125));
}, 60_000);

async function reconcile() {
  const ledger = await reconcileStream(
    world.declaration,
    { isFull: true, hotRetentionMs: 90 * 86_400_000 },
    world.deps,
  );
  const partition = (index: number) => ledger.partitions[index] as PartitionLedger;
  return { ledger, first: partition(0), second: partition(1) };
}

const hot = 'retail.retail_events_realtime';

describe('a stream without defects', () => {
  it('has each offset in one account', async () => {
    const { ledger, first, second } = await reconcile();

    expect(first).toMatchObject({ from: 0, to: 125, tidemark: 100, committed: 122 });
    expect(first.accounts).toEqual({
      lake: 98,
      repeats: 0,
      dead_letters: 2,
      hot: 20,
      erased: 0,
      no_record: 2,
      not_delivered: 3,
      gap: 0,
    });
    expect(second.accounts).toMatchObject({ lake: 40, gap: 0 });
    expect(ledger.partitions.every(isClean)).toBe(true);
    expect(ledger.compared).toEqual({ offsets: 140, of: 140 });
    expect(await world.ask("SELECT name FROM system.tables WHERE database = 'lake' AND name LIKE 'reading%'")).toEqual(
      [],
    );
  });

  it('stays so when Kafka has deleted what is compacted, markers included', async () => {
    world.kafka.logStarts.set(0, 100);

    const { first } = await reconcile();

    expect(first.accounts).toMatchObject({ lake: 98, no_record: 2, gap: 0 });
    expect(isClean(first)).toBe(true);
  });
});

describe('reconcile names the offsets of', () => {
  it('a row that was deleted from the hot table, above the tidemark and below', async () => {
    await world.clickhouse.command(`DELETE FROM ${hot} WHERE _partition = 0 AND _offset IN (7, 8, 105)`);

    const { first } = await reconcile();

    expect(first.gaps).toEqual([{ from: 105, to: 106, reason: 'delivered, but not in the hot table' }]);
    expect(first.mismatches).toEqual([{ from: 7, to: 9, reason: 'missing in the hot table' }]);
    expect(first.doubles).toEqual([]);
  });

  it('a hot row that Kafka has deleted too', async () => {
    await world.clickhouse.command(`DELETE FROM ${hot} WHERE _partition = 0 AND _offset = 105`);
    world.kafka.logStarts.set(0, 110);

    const { first } = await reconcile();

    expect(first.gaps).toEqual([{ from: 105, to: 106, reason: 'expired before it was read' }]);
  });

  it('a Parquet file that was removed', async () => {
    const files = await world.listLakeFiles();
    for (const key of files) await world.store.delete(key);

    const { ledger, first, second } = await reconcile();

    expect(ledger.missingFiles).toEqual(files.map((key) => `${world.store.uri}/${key}`));
    const reason = 'the speed layer has it, the lake has not';
    expect(first.gaps).toEqual([
      { from: 0, to: 50, reason },
      { from: 52, to: 100, reason },
    ]);
    expect(second.gaps).toEqual([{ from: 0, to: 40, reason }]);
    expect(first.accounts).toMatchObject({ lake: 0, gap: 98, dead_letters: 2, no_record: 2 });
  });

  it('a Parquet file that was removed, where neither Kafka nor the hot table has its rows', async () => {
    for (const key of await world.listLakeFiles()) await world.store.delete(key);
    await world.clickhouse.command(`DELETE FROM ${hot} WHERE _offset < 100`);
    world.kafka.logStarts.set(0, 100);

    const { first } = await reconcile();

    expect(first.gaps).toEqual([
      { from: 0, to: 50, reason: '98 of 99 such offsets were lost from the lake' },
      { from: 51, to: 100, reason: '98 of 99 such offsets were lost from the lake' },
    ]);
  });

  it('a row that stands twice in the lake', async () => {
    await world.doubleLakeRows(0, 30, 33);

    const { first } = await reconcile();

    expect(first.doubles).toEqual([{ from: 30, to: 33, reason: 'twice in the lake' }]);
    expect(first.gaps).toEqual([]);
  });

  it('a row that the lake holds above its own tidemark', async () => {
    await world.doubleLakeRows(0, 100, 102);

    const { first } = await reconcile();

    expect(first.doubles).toEqual([{ from: 100, to: 102, reason: 'in the lake above its own tidemark' }]);
  });

  it('an offset that compaction skipped', async () => {
    await world.skipInLake(0, 110);
    world.produce(0, salesOf(125, 130));
    await world.deliverAll();
    await world.compact();

    const { first } = await reconcile();

    expect(first.tidemark).toBe(130);
    expect(first.gaps).toEqual([{ from: 100, to: 110, reason: 'the speed layer has it, the lake has not' }]);
  });

  it('an offset that both layers skipped', async () => {
    await world.skipInLake(0, 110);
    await world.clickhouse.command(`DELETE FROM ${hot} WHERE _partition = 0 AND _offset IN (103, 104)`);

    const { first } = await reconcile();

    const reason = 'the speed layer has it, the lake has not';
    expect(first.gaps).toEqual([
      { from: 100, to: 103, reason },
      { from: 103, to: 105, reason: 'Kafka has it, the lake passed it' },
      { from: 105, to: 110, reason },
    ]);
  });

  it('a value that was altered', async () => {
    await world.clickhouse.command(
      `ALTER TABLE ${hot} UPDATE quantity = quantity + 1 WHERE _partition = 0 AND _offset IN (12, 60) SETTINGS mutations_sync = 1`,
    );

    const { first } = await reconcile();

    const reason = 'the layers hold different content';
    expect(first.mismatches).toEqual([
      { from: 12, to: 13, reason },
      { from: 60, to: 61, reason },
    ]);
  });

  it('an event that is dead-lettered as well', async () => {
    await world.clickhouse.command(
      `INSERT INTO tidemark.dead_letters (stream, topic, _partition, _offset, _timestamp, reason, detail, headers)
       VALUES ('retail_events', 'retail_events', 0, 20, now64(3), 'invalid_json', '', []),
              ('retail_events', 'retail_events', 0, 101, now64(3), 'invalid_json', '', [])`,
    );

    const { first } = await reconcile();

    expect(first.mismatches).toEqual([{ from: 20, to: 21, reason: 'judged differently by the layers' }]);
    expect(first.doubles).toEqual([{ from: 101, to: 102, reason: 'in the hot table and dead-lettered' }]);
  });

  it('a hot row that stands twice, under another sort key', async () => {
    await world.clickhouse.command(
      `INSERT INTO ${hot} SELECT * REPLACE (store_id + 1 AS store_id) FROM ${hot} WHERE _partition = 0 AND _offset = 111`,
    );

    const { first } = await reconcile();

    expect(first.doubles).toEqual([{ from: 111, to: 112, reason: 'twice in the hot table' }]);
  });

  it('a dead letter that ClickHouse has lost', async () => {
    await world.clickhouse.command('DELETE FROM tidemark.dead_letters WHERE _offset = 50');

    const { first } = await reconcile();

    expect(first.mismatches).toEqual([{ from: 50, to: 51, reason: 'missing in tidemark.dead_letters' }]);
  });
});
