import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { trimHotTable } from '../../../functions/batch/maintain-lake/trim-hot.ts';
import { isClean } from '../../../functions/batch/reconcile/ledger.ts';
import { reconcileStream } from '../../../functions/batch/reconcile/reconcile-stream.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { NOON_MS, type StoredRecord, salesOf } from '../../support/retail-records.ts';
import { waitUntil } from '../../support/wait-until.ts';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const RETENTION_MS = 90 * DAY_MS;
const BLOCK = 10;
const HOT = 'retail.retail_events_realtime';

let real: RealWorld;
let world: World;
/** Seconds, by ClickHouse's clock: what stands at offsets below 25 was inserted before, the rest after. */
let betweenInserts: number;

beforeAll(async () => {
  real = await startRealWorld();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop(), 60_000);

/** Offsets 0-24 appended over 90 days ago and 25-59 now; all in the lake, the hot table in blocks of ten. */
beforeEach(async () => {
  world = await real.reset({ partitions: 1 });
  const [{ statement = '' } = {}] = await world.ask<{ statement: string }>(`SHOW CREATE TABLE ${HOT}`);
  await world.clickhouse.command(`DROP TABLE ${HOT}`);
  await world.clickhouse.command(statement.replace('intDiv(_offset, 10000000)', `intDiv(_offset, ${BLOCK})`));
  const old = salesOf(0, 25).map((record): StoredRecord => ({ ...record, timestamp: NOON_MS - 100 * DAY_MS }));
  world.produce(
    0,
    old.map((record, n) => ({ ...record, value: ofOldDay(record.value as Buffer, n) })),
  );
  await world.deliverAll();
  betweenInserts = (await readSeconds()) + 1;
  await waitUntil(async () => (await readSeconds()) > betweenInserts, { everyMs: 100 });
  world.produce(0, salesOf(25, 60));
  await world.deliverAll();
  await world.compact();
}, 60_000);

/** An event is not later than its record. */
function ofOldDay(value: Buffer, n: number): Buffer {
  return Buffer.from(
    JSON.stringify({ ...JSON.parse(value.toString()), event_time: `2026-08-01 00:00:${String(n).padStart(2, '0')}` }),
  );
}

const readSeconds = async () => (await world.ask<{ now: number }>('SELECT toUnixTimestamp(now()) AS now'))[0]?.now ?? 0;

const readOffsets = async () =>
  (await world.ask<{ o: number }>(`SELECT _offset AS o FROM ${HOT} ORDER BY o`)).map(({ o }) => o);

/** As `maintainLake` does 90 days after the first of the records were inserted, when every view shows the newest. */
async function trim() {
  const stream = { ...world.stream, hotBlockOffsets: BLOCK };
  const [{ standing = 0 } = {}] = await world.ask<{ standing: number }>(
    'SELECT max(snapshot) AS standing FROM tidemark.publications',
  );
  const nowMs = betweenInserts * 1000 + RETENTION_MS;
  return trimHotTable(stream, { standing, retentionMs: RETENTION_MS, nowMs, isDryRun: false }, world.clickhouse);
}

async function reconcile() {
  const ledger = await reconcileStream(world.declaration, { isFull: true, hotRetentionMs: RETENTION_MS }, world.deps);
  return ledger.partitions[0] as NonNullable<(typeof ledger.partitions)[0]>;
}

describe('a hot table of which maintenance has dropped old blocks', () => {
  it('is clean: the lake has what the blocks held', async () => {
    expect(await trim()).toMatchObject({ blocks: 2, rows: 20 });
    expect(await readOffsets()).toEqual(Array.from({ length: 40 }, (_, index) => 20 + index));

    const partition = await reconcile();

    expect(partition.accounts).toMatchObject({ lake: 60, gap: 0 });
    expect(isClean(partition)).toBe(true);
  });

  it('lacks a single row of a block that it ought to have: the row is named', async () => {
    await trim();
    await world.clickhouse.command(`DELETE FROM ${HOT} WHERE _offset = 31`);

    const { mismatches, gaps, doubles } = await reconcile();

    expect(mismatches).toEqual([{ from: 31, to: 32, reason: 'missing in the hot table' }]);
    expect([...gaps, ...doubles]).toEqual([]);
  });

  it('holds another value in a kept block: the row is named', async () => {
    await trim();
    await world.clickhouse.command(
      `ALTER TABLE ${HOT} UPDATE quantity = 99 WHERE _offset = 58 SETTINGS mutations_sync = 1`,
    );

    expect((await reconcile()).mismatches).toEqual([{ from: 58, to: 59, reason: 'the layers hold different content' }]);
  });
});
