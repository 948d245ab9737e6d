import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InvalidPayload } from '../../../functions/batch/payload.ts';
import { type KeepInput, reconcileAndKeep } from '../../../functions/batch/reconcile/reconcile-and-keep.ts';
import type { PartitionReport } from '../../../functions/batch/reconcile/report-ledger.ts';
import { readPublication } from '../../../functions/serving/completeness/read-publication.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { salesOf } from '../../support/retail-records.ts';

jest.setTimeout(60_000);

let real: RealWorld;
let world: World;

beforeAll(async () => {
  real = await startRealWorld();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop(), 60_000);

/** Kafka deleted the offsets 10-19 before anybody had read them; the lake has passed them. */
beforeEach(async () => {
  world = await real.reset({ partitions: 1 });
  world.produce(0, salesOf(0, 10));
  await world.deliverAll();
  await world.compact();
  world.produce(0, salesOf(10, 40));
  world.kafka.logStarts.set(0, 20);
  await world.deliver(0, 20, 40);
  await world.compact();
}, 60_000);

/** By today's clock: ClickHouse keeps a ledger for a year. The records, of another day, are to be hot whatever day it is. */
async function reconcile(acknowledge?: KeepInput['acknowledge']) {
  const input = { isFull: true, hotRetentionMs: Number.POSITIVE_INFINITY, acknowledge };
  const report = await reconcileAndKeep(world.declaration, input, { ...world.deps, clock: Date.now });
  const { openGaps } = await readPublication(world.clickhouse, world.stream.name, undefined);
  return { report, partition: report.partitions[0] as PartitionReport, openGaps };
}

const EXPIRED = 'expired before it was read';
const cause = { partition: 0, reason: 'the broker lost a disk' };

describe('a gap that expired before it was read', () => {
  it('counts until it is acknowledged, and is listed for ever', async () => {
    const before = await reconcile();
    expect(before).toMatchObject({ report: { is_clean: false }, openGaps: 10 });
    expect(before.partition.gaps.ranges).toEqual([{ from: 10, to: 20, reason: EXPIRED }]);

    const half = await reconcile({ ...cause, from: 10, to: 15 });
    expect(half).toMatchObject({ report: { is_clean: false }, openGaps: 5 });
    expect(half.partition.gaps.ranges).toEqual([{ from: 15, to: 20, reason: EXPIRED }]);

    await reconcile({ ...cause, from: 15, to: 20 });
    const after = await reconcile();
    expect(after).toMatchObject({ report: { is_clean: true }, openGaps: 0 });
    expect(after.partition).toMatchObject({ accounts: { gap: 10, lake: 30 }, gaps: { offsets: 0 } });
    const reason = `${EXPIRED}; accepted: the broker lost a disk`;
    expect(after.partition.acknowledged).toEqual({
      offsets: 10,
      ranges: [
        { from: 10, to: 15, reason },
        { from: 15, to: 20, reason },
      ],
      omitted_ranges: 0,
    });
  });

  it('does not hide another loss, nor come back with the next snapshot', async () => {
    await reconcile({ ...cause, from: 10, to: 20 });
    world.produce(0, salesOf(40, 50));
    await world.deliverAll();
    await world.compact();
    await world.clickhouse.command('DELETE FROM retail.retail_events_realtime WHERE _offset = 45');
    expect((await readPublication(world.clickhouse, world.stream.name, undefined)).openGaps).toBe(0);

    const { report, partition, openGaps } = await reconcile();

    expect({ isClean: report.is_clean, openGaps }).toEqual({ isClean: false, openGaps: 0 });
    expect(partition.mismatches.ranges).toEqual([{ from: 45, to: 46, reason: 'missing in the hot table' }]);
  });

  it.each([
    ['that reaches beyond it', { ...cause, from: 10, to: 21 }],
    ['that lies in it the wrong way round', { ...cause, from: 15, to: 12 }],
    ['of another partition', { ...cause, partition: 1, from: 10, to: 20 }],
  ])('is not acknowledged by a range %s', async (_, range) => {
    await expect(reconcile(range)).rejects.toThrow(InvalidPayload);
    expect(await world.ask('SELECT * FROM tidemark.acknowledged_gaps')).toEqual([]);
    expect(await reconcile()).toMatchObject({ report: { is_clean: false }, openGaps: 10 });
  });
});

describe('a record that ClickHouse alone refused after the lake had overtaken it', () => {
  it('is named for what it is', async () => {
    await world.clickhouse.command('DELETE FROM retail.retail_events_realtime WHERE _offset = 30');
    await world.clickhouse.command(
      `INSERT INTO tidemark.dead_letters (stream, topic, _partition, _offset, _timestamp, reason, detail, headers)
       VALUES ('retail_events', 'retail_events', 0, 30, now64(3), 'refused_by_storage', 'DB::Exception', [])`,
    );

    const { partition } = await reconcile({ ...cause, from: 10, to: 20 });

    expect(partition.mismatches.ranges).toEqual([
      { from: 30, to: 31, reason: 'the lake has it as valid, the speed layer dead-lettered it' },
    ]);
    expect(partition.doubles.offsets + partition.gaps.offsets).toBe(0);
  });
});
