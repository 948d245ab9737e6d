import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { domains } from '@tidemark/domains/index';
import { rebuildStream } from '../../../functions/batch/rebuild/rebuild-stream.ts';
import { recomputeGold } from '../../../functions/batch/refresh-gold/recompute-gold.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { poisonRecord, type StoredRecord, saleRecord, salesOf } from '../../support/retail-records.ts';

const [domain] = domains;
if (domain === undefined) throw new Error('no domain');
const NINETY_DAYS_MS = 90 * 86_400_000;
const SECONDS_PER_DAY = 86_400;
const hot = 'retail.retail_events_realtime';

jest.setTimeout(60_000);

let real: RealWorld;
let world: World;

beforeAll(async () => {
  real = await startRealWorld();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop(), 60_000);

/** Sales of three days, a few each: 2026-11-21 to 2026-11-23. */
function salesOfThreeDays(from: number, to: number): StoredRecord[] {
  return Array.from({ length: to - from }, (_, n) => saleRecord(from + n + ((from + n) % 3) * SECONDS_PER_DAY));
}

/** 60 events and a dead letter in the lake and gold, 20 events, a dead letter and a marker hot. */
beforeEach(async () => {
  world = await real.reset({ partitions: 2 });
  world.produce(0, [...salesOfThreeDays(0, 30), poisonRecord(30)]);
  world.produce(1, salesOfThreeDays(30, 60));
  await world.deliverAll();
  await world.compact();
  await world.refreshGold();
  world.produce(0, [...salesOfThreeDays(60, 80), poisonRecord(80), 'marker']);
  await world.deliverAll();
}, 60_000);

const rebuild = (what: 'hot' | 'gold' | 'views' | 'all', isDryRun = false) =>
  rebuildStream(domain, world.declaration, { what, isDryRun, hotRetentionMs: NINETY_DAYS_MS }, world.deps);

const events = () =>
  world.ask('SELECT product_id, quantity, unit_price FROM retail.retail_events_unified ORDER BY ALL');

const sums = 'count() AS transaction_count, sum(toInt64(quantity)) AS total_quantity';

async function readGold() {
  const gold = await world.ask(
    'SELECT date, store_id, transaction_count, total_quantity FROM retail.daily_sales_summary ORDER BY date, store_id',
  );
  const expected = await world.ask(
    `SELECT toDate(event_time) AS date, store_id, ${sums} FROM retail.retail_events_unified
     GROUP BY date, store_id ORDER BY date, store_id`,
  );
  return { gold, expected };
}

/** Reads the count of all events over and over; what it answered, and how often it was refused. */
function pollCount() {
  const seen = new Set<number>();
  let refusals = 0;
  let isStopped = false;
  const polling = (async () => {
    while (!isStopped) {
      try {
        const counts = await world.ask<{ events: number }>(
          `SELECT count() AS events FROM retail.retail_events_unified
           UNION ALL SELECT sum(transaction_count) FROM retail.daily_sales_summary`,
        );
        for (const count of counts) seen.add(count.events);
      } catch {
        refusals += 1;
      }
    }
  })();
  return async () => {
    isStopped = true;
    await polling;
    return { seen: [...seen], refusals };
  };
}

describe('a rebuild of the hot table', () => {
  it('that was dropped restores every row, and no answer in between is wrong', async () => {
    const before = await world.ask(`SELECT * EXCEPT inserted_at FROM ${hot} FINAL ORDER BY _partition, _offset`);
    const expected = await events();
    await world.clickhouse.command(`DROP TABLE ${hot}`);
    const stopPolling = pollCount();

    const report = await rebuild('hot');

    const { seen, refusals } = await stopPolling();
    expect(await world.ask(`SELECT * EXCEPT inserted_at FROM ${hot} FINAL ORDER BY _partition, _offset`)).toEqual(
      before,
    );
    expect(await events()).toEqual(expected);
    expect(seen.filter((count) => count !== 80)).toEqual([]);
    expect(refusals).toBeGreaterThan(0);
    expect(report.hot).toMatchObject({ was_missing: true, events_from_lake: 60, events_from_kafka: 20 });
    expect(report.reconcile?.is_clean).toBe(true);
  });

  it('that is whole changes no answer, and none while it runs', async () => {
    const expected = await events();
    const stopPolling = pollCount();

    const report = await rebuild('all');

    expect(await stopPolling()).toEqual({ seen: [80], refusals: 0 });
    expect(await events()).toEqual(expected);
    expect(report.hot).toMatchObject({ was_missing: false, events_from_lake: 0, events_from_kafka: 20 });
    expect(report.reconcile?.is_clean).toBe(true);
  });

  it('restores rows and dead letters that were deleted, bytes included, also when Kafka has deleted them', async () => {
    const deadLetters = () =>
      world.ask(
        'SELECT _partition, _offset, reason, detail, hex(key) AS k, hex(value) AS v, headers FROM tidemark.dead_letters FINAL ORDER BY _offset',
      );
    const before = await deadLetters();
    world.kafka.logStarts.set(0, 31);
    await world.clickhouse.command(`DELETE FROM ${hot} WHERE _offset IN (3, 4, 40)`);
    await world.clickhouse.command('DELETE FROM tidemark.dead_letters WHERE true');

    const dryRun = await rebuild('hot', true);
    const report = await rebuild('hot');

    expect(dryRun).toMatchObject({ is_dry_run: true, hot: { events_from_lake: 4, dead_letters_from_lake: 1 } });
    expect(report.hot).toMatchObject({ events_from_lake: 4, dead_letters_from_lake: 1, dead_letters_from_kafka: 1 });
    expect(await deadLetters()).toEqual(before);
    expect(report.reconcile?.is_clean).toBe(true);
  });

  it('that is whole does not run after a trigger that goes on and on', async () => {
    let produced = 100;
    const kafka = {
      ...world.kafka,
      committed: async (group: string, topic: string) => {
        produced = world.produce(1, salesOf(produced, produced + 1));
        await world.deliverAll();
        return world.kafka.committed(group, topic);
      },
    };
    const input = { what: 'hot', isDryRun: false, hotRetentionMs: NINETY_DAYS_MS } as const;

    const report = await rebuildStream(domain, world.declaration, input, { ...world.deps, kafka });

    expect(report.hot).toMatchObject({ events_from_lake: 0, events_from_kafka: 22 });
    expect(report.reconcile?.is_clean).toBe(true);
  });

  it('leaves out of it what is older than the retention', async () => {
    await world.clickhouse.command(`TRUNCATE TABLE ${hot}`);
    const input = { what: 'hot', isDryRun: true, hotRetentionMs: 1 } as const;

    const report = await rebuildStream(domain, world.declaration, input, world.deps);

    // Those of the second and third day have a record timestamp of their day, which has not come yet.
    expect(report.hot).toMatchObject({ events_from_lake: 40, events_from_kafka: 22 });
  });
});

describe('a rebuild of gold and views', () => {
  it('makes dropped tables and views again, and both layers answer as before', async () => {
    const expected = await events();
    const names = ['daily_sales_summary_gold', 'hourly_sales_summary_gold'];
    for (const name of names) await world.clickhouse.command(`DROP TABLE retail.${name}`);
    for (const name of ['daily_sales_summary', 'retail_events_unified', 'sales_by_store']) {
      await world.clickhouse.command(`DROP VIEW retail.${name}`);
    }

    const report = await rebuild('all');

    expect(await events()).toEqual(expected);
    const { gold, expected: fromEvents } = await readGold();
    expect(gold).toEqual(fromEvents);
    expect(await world.ask('SELECT sum(transaction_count) AS sales FROM retail.sales_by_store')).toEqual([
      { sales: 80 },
    ]);
    expect(report.reconcile?.is_clean).toBe(true);
  });

  it('makes no hot table of a neighbouring stream: it would be empty', async () => {
    const [, other] = domains;
    if (other === undefined) throw new Error('no second domain');
    const tables = [...domain.schema.tables, ...other.schema.tables];
    const both = { ...domain, streams: [...domain.streams, ...other.streams], schema: { ...domain.schema, tables } };
    const { database, hotTable } = other.streams[0]?.stream ?? {};
    await world.clickhouse.command(`DROP TABLE ${database}.${hotTable}`);

    const input = { what: 'gold', isDryRun: false, hotRetentionMs: NINETY_DAYS_MS } as const;
    await rebuildStream(both, world.declaration, input, world.deps);

    expect(await world.ask(`EXISTS TABLE ${database}.${hotTable}`)).toEqual([{ result: 0 }]);
  });

  it('survives a refresh that began before it and ends after it', async () => {
    await world.compact();
    await world.clickhouse.command(
      'ALTER TABLE retail.daily_sales_summary_gold UPDATE transaction_count = 1000 WHERE true SETTINGS mutations_sync = 1',
    );
    const { query } = world.clickhouse;
    let isFirst = true;
    const overtaken = {
      ...world.clickhouse,
      query: async <T>(sql: string, params?: Record<string, unknown>) => {
        const answer = await query<T>(sql, params);
        if (isFirst && sql.includes('gold_refreshes')) {
          isFirst = false;
          await rebuild('gold');
        }
        return answer;
      },
    };

    await world.refreshGold({ clickhouse: overtaken });

    const { gold, expected } = await readGold();
    expect(gold).toEqual(expected);
    await world.refreshGold();
    expect((await readGold()).gold).toEqual(expected);
  });
});

describe('a recomputation of days', () => {
  it('replaces the rows of these days in every segment, and leaves the others as they are', async () => {
    world.produce(1, salesOf(100, 103));
    await world.deliverAll();
    await world.compact();
    await world.refreshGold();
    const { expected } = await readGold();
    await world.clickhouse.command(
      'ALTER TABLE retail.daily_sales_summary_gold UPDATE transaction_count = transaction_count + 5 WHERE true SETTINGS mutations_sync = 1',
    );

    const report = await recomputeGold(world.declaration, { fromDate: '2026-11-22', toDate: '2026-11-22' }, world.deps);

    const { gold } = await readGold();
    const ofDay = (rows: Record<string, unknown>[], isDay: boolean) =>
      rows.filter(({ date }) => (date === '2026-11-22') === isDay);
    expect(ofDay(gold, true)).toEqual(ofDay(expected, true));
    expect(ofDay(gold, true).length).toBeGreaterThan(0);
    expect(ofDay(gold, false)).not.toEqual(ofDay(expected, false));
    expect(report.status).toBe('done');

    await recomputeGold(world.declaration, { fromDate: undefined, toDate: '2026-11-21' }, world.deps);
    await recomputeGold(world.declaration, { fromDate: '2026-11-23', toDate: undefined }, world.deps);
    await world.refreshGold();
    expect((await readGold()).gold).toEqual(expected);
  });
});
