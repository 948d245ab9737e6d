import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findDeclaration } from '@tidemark/domains/index';
import { type ClickHouse, createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { checkStream } from '../../../functions/batch/check-quality/check-stream.ts';
import { readQuality } from '../../../functions/serving/quality/read-quality.ts';
import { setUpSchema } from '../../../localstack/start/set-up-stack.ts';
import { silentLog } from '../../support/compaction.ts';
import { findFreePort } from '../../support/find-free-ports.ts';
import { ClickHouseProcess, PASSWORDS } from '../clickhouse/clickhouse-process.ts';

/** Each declared check over data that it must pass, and over data that it must fail, in the real engine. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
const NOW_MS = Date.now();
const LAST_HOUR_MS = Math.floor(NOW_MS / HOUR_MS - 1) * HOUR_MS;

let process: ClickHouseProcess;
let admin: ClickHouse;
let reader: ClickHouse;
let nextOffset = 0;

beforeAll(async () => {
  process = new ClickHouseProcess(await findFreePort());
  await process.start();
  const config = readConfig({
    CLICKHOUSE_URL: process.url,
    CLICKHOUSE_ADMIN_PASSWORD: PASSWORDS.admin,
    CLICKHOUSE_QUERY_PASSWORD: PASSWORDS.query,
    LAKE_BUCKET: 'none',
  });
  admin = createClickHouse(config, 'admin');
  await setUpSchema(admin);
  reader = createClickHouse(config, 'query');
}, 120_000);

afterAll(async () => {
  await Promise.all([admin?.close(), reader?.close()]);
  await process.stop('SIGKILL');
  process.removeState();
}, 60_000);

beforeEach(async () => {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT concat(database, '.', name) AS name FROM system.tables
     WHERE database IN ('tidemark', 'retail', 'realtime', 'gold') AND engine LIKE '%MergeTree' AND total_rows > 0`,
  );
  for (const { name } of rows) await admin.command(`TRUNCATE TABLE ${name}`);
  nextOffset = 0;
}, 60_000);

describe('retail_events', () => {
  it('passes what holds, and says why a check does not apply', async () => {
    await storeSales([{}, { product_id: 'Novel', category: 'Books' }]);
    await storePublications([{ tidemark: { 0: 0 } }, { tidemark: { 0: 1 }, throughMs: NOW_MS - 4 * MINUTE_MS }]);

    expect(await check('retail_events')).toEqual({
      freshness: expect.objectContaining({ status: 'passed', threshold: 60 }),
      volume_against_last_week: expect.objectContaining({
        status: 'not_applicable',
        observed: null,
        detail: 'there is less than a week of data',
      }),
      product_present: expect.objectContaining({ status: 'passed', observed: 0, detail: '0 of 2 events' }),
      known_categories: expect.objectContaining({ status: 'passed', observed: 0 }),
      hourly_sales_unique: expect.objectContaining({ status: 'not_applicable' }),
      returns_were_sold: expect.objectContaining({ status: 'not_applicable' }),
      watermarks_monotone: expect.objectContaining({ status: 'passed', observed: 0 }),
    });
  });

  it('applies nothing to an empty stream', async () => {
    const statuses = Object.values(await check('retail_events')).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(['not_applicable']));
  });

  it('fails freshness when the newest event is over an hour old', async () => {
    await storeSales([{ _timestamp: NOW_MS - 90 * MINUTE_MS }]);
    const { freshness } = await check('retail_events');
    expect(freshness).toMatchObject({ status: 'failed', severity: 'warning', observed: expect.closeTo(90, 1) });
  });

  it('knows the newest event of the lake when the hot tail is empty', async () => {
    await storePublications([{ tidemark: { 0: 5 }, throughMs: NOW_MS - 10 * MINUTE_MS }]);
    const { freshness } = await check('retail_events');
    expect(freshness).toMatchObject({ status: 'passed', observed: expect.closeTo(10, 1) });
  });

  it.each([
    ['a tenth', 20, 'failed', 0.1],
    ['as many', 200, 'passed', 1],
    ['six times as many', 1200, 'failed', 6],
  ])('compares the last hour with the same hour last week: %s', async (_, events, status, ratio) => {
    const hourOf = (startMs: number, count: number) => Array.from({ length: count }, () => ({ _timestamp: startMs }));
    await storePublications([{ tidemark: { 0: 0 }, publishedMs: LAST_HOUR_MS - WEEK_MS - MINUTE_MS }]);
    await storeSales(hourOf(LAST_HOUR_MS - WEEK_MS, 200));
    const tidemark = { 0: nextOffset };
    const publishedMs = LAST_HOUR_MS - WEEK_MS + 2 * HOUR_MS;
    await storePublications([{ tidemark, publishedMs, throughMs: publishedMs }], 2);
    await storeSales(hourOf(LAST_HOUR_MS, events));
    // Next to the hours, and not in them.
    await storeSales([{ _timestamp: LAST_HOUR_MS - 1 }, { _timestamp: LAST_HOUR_MS + HOUR_MS }]);

    const { volume_against_last_week: volume } = await check('retail_events');
    expect(volume).toMatchObject({ status, observed: ratio });
  });

  it('does not compare with an hour of last week that had hardly any events', async () => {
    await storePublications([{ tidemark: { 0: 0 }, publishedMs: LAST_HOUR_MS - WEEK_MS - MINUTE_MS }]);
    await storePublications([{ tidemark: { 0: 0 }, throughMs: NOW_MS }], 2);
    const { volume_against_last_week: volume } = await check('retail_events');
    expect(volume).toMatchObject({ status: 'not_applicable', detail: expect.stringContaining('fewer than 100') });
  });

  it('fails events without a product', async () => {
    await storeSales([{}, {}, {}, { product_id: '' }]);
    const { product_present } = await check('retail_events');
    expect(product_present).toMatchObject({
      status: 'failed',
      severity: 'error',
      observed: 0.25,
      threshold: 0,
      detail: '1 of 4 events',
    });
  });

  it('fails too many events of an unknown category, and names it', async () => {
    await storeSales([{}, {}, {}, { category: 'Gardn' }]);
    const { known_categories } = await check('retail_events');
    expect(known_categories).toMatchObject({ status: 'failed', observed: 0.25, detail: 'Gardn: 1' });
  });

  it('reads only the window: what is older changes nothing', async () => {
    await storeSales([{ category: 'Gardn', product_id: '', _timestamp: NOW_MS - 61 * MINUTE_MS }, {}]);
    const { product_present, known_categories } = await check('retail_events');
    expect([product_present?.status, known_categories?.status]).toEqual(['passed', 'passed']);
  });

  it('fails a gold segment that was written twice', async () => {
    const hour = Math.floor(NOW_MS / HOUR_MS) * 3600;
    const row = [randomUUID(), 1, 1, hour, 1, 'Books', 'SALE', 3, 3, '30', '30'];
    const names: [string, ...string[]] = ['segment', 'first_snapshot', 'last_snapshot'];
    names.push('hour', 'store_id', 'category', 'transaction_type');
    names.push('transaction_count', 'total_quantity', 'total_revenue', 'total_unit_price');
    await admin.insert('retail.hourly_sales_summary_gold', names, [row]);
    expect(await check('retail_events')).toMatchObject({ hourly_sales_unique: { status: 'passed' } });
    await admin.insert('retail.hourly_sales_summary_gold', names, [row]);
    const { hourly_sales_unique } = await check('retail_events');
    expect(hourly_sales_unique).toMatchObject({
      status: 'failed',
      severity: 'error',
      observed: 1,
      detail: expect.stringMatching(/Books.*: 2$/),
    });
  });

  it('fails returns of products that were never sold', async () => {
    const returned = (product_id: string, count: number) =>
      Array.from({ length: count }, () => ({ transaction_type: 'RETURN', product_id }));
    await storeSales([{ product_id: 'Laptop' }, ...returned('Laptop', 20)]);
    expect(await check('retail_events')).toMatchObject({ returns_were_sold: { status: 'passed', observed: 0 } });
    await storeSales(returned('Ghost', 20));
    const { returns_were_sold } = await check('retail_events');
    expect(returns_were_sold).toMatchObject({ status: 'failed', observed: 0.5, detail: 'Ghost: 20' });
  });

  it.each([
    ['a tidemark', [{ tidemark: { 0: 9, 1: 4 } }, { tidemark: { 0: 8, 1: 5 } }]],
    ['a tidemark that lost a partition', [{ tidemark: { 0: 9, 1: 4 } }, { tidemark: { 0: 9 } }]],
    [
      'historical_through',
      [
        { tidemark: { 0: 1 }, throughMs: NOW_MS },
        { tidemark: { 0: 2 }, throughMs: NOW_MS - 1 },
      ],
    ],
    ['historical_through that is no longer known', [{ tidemark: { 0: 1 }, throughMs: NOW_MS }, { tidemark: { 0: 2 } }]],
  ])('fails %s that goes back', async (_, publications: Publication[]) => {
    await storePublications(publications);
    const { watermarks_monotone } = await check('retail_events');
    expect(watermarks_monotone).toMatchObject({
      status: 'failed',
      severity: 'error',
      observed: 1,
      detail: expect.stringMatching(/^snapshot 2: from /),
    });
  });
});

describe('user_events', () => {
  it('passes what holds, repeats in the hot table included', async () => {
    const repeated = randomUUID();
    await storeUserEvents([{ event_id: repeated }, { event_id: repeated }, { page: '/cart', event_type: 'purchase' }]);
    const results = await check('user_events');
    const passed = Object.entries(results).filter(([, { status }]) => status === 'passed');
    expect(passed.map(([name]) => name)).toEqual([
      'event_id_unique',
      'freshness',
      'known_event_types',
      'page_present',
      'pages_in_dimension',
      'users_in_dimension',
    ]);
    expect(Object.values(results).filter(({ status }) => status === 'failed')).toEqual([]);
  });

  it('fails pages and types that the schema should have refused', async () => {
    await storeUserEvents([{}, { page: '' }, { event_type: 'hover' }, {}]);
    const { page_present, known_event_types } = await check('user_events');
    expect(page_present).toMatchObject({ status: 'failed', observed: 0.25 });
    expect(known_event_types).toMatchObject({ status: 'failed', observed: 0.25, detail: 'hover: 1' });
  });

  it('fails a segment of the windows that was written twice', async () => {
    const segment = randomUUID();
    const window = Math.floor(NOW_MS / MINUTE_MS) * 60;
    const columns = [
      'segment',
      'first_snapshot',
      'last_snapshot',
      'window_start',
      'event_type',
      'source',
      'event_count',
    ];
    const rows = [1, 2].map(() => [segment, 1, 1, window, 'click', 'web', 5]);
    await admin.insert('realtime.user_activity_per_minute_gold', columns as [string, ...string[]], rows);
    const { minutes_unique } = await check('user_events');
    expect(minutes_unique).toMatchObject({ status: 'failed', observed: 1 });
  });
});

describe('the history', () => {
  it('keeps every run; the view shows the last of each check, and since when it fails', async () => {
    await storeSales([{ product_id: '' }]);
    const firstMs = NOW_MS - 10 * MINUTE_MS;
    await check('retail_events', firstMs);
    await check('retail_events', NOW_MS);
    const { rows } = await admin.query("SELECT 1 FROM tidemark.quality_checks WHERE check = 'product_present'");
    expect(rows).toHaveLength(2);

    const quality = await readQuality(reader, 'retail_events');
    expect(quality).toMatchObject({ status: 'failed', checked_at: new Date(NOW_MS).toISOString() });
    expect(quality.checks[0]).toMatchObject({
      check: 'product_present',
      status: 'failed',
      failed_since: new Date(firstMs).toISOString(),
      summary: expect.stringContaining('without a product'),
    });

    await admin.command('TRUNCATE TABLE retail.retail_events_realtime');
    await storeSales([{}]);
    await check('retail_events', NOW_MS + 1000);
    const after = await readQuality(reader, 'retail_events');
    expect(after.status).toBe('ok');
    expect(after.checks.map(({ failed_since }) => failed_since)).toEqual(after.checks.map(() => null));
  });

  it('of a stream that nobody checked says nothing', async () => {
    expect(await readQuality(reader, 'user_events')).toEqual({ status: 'unknown', checked_at: null, checks: [] });
  });
});

describe('user_events with views that are wrong', () => {
  afterEach(async () => {
    for (const database of ['lake', 'gold']) await admin.command(`DROP DATABASE ${database}`);
    await setUpSchema(admin);
  });

  it('fails an event_id that counts twice: in the lake, and again above the tidemark', async () => {
    const event_id = randomUUID();
    await storeUserEvents([{ event_id }, {}]);
    await admin.command('DROP TABLE lake.user_events_v0');
    await admin.command(
      `CREATE TABLE lake.user_events_v0 ENGINE = Memory AS
       SELECT * FROM realtime.user_events_realtime WHERE event_id = '${event_id}'`,
    );
    const { event_id_unique } = await check('user_events');
    expect(event_id_unique).toMatchObject({ status: 'failed', observed: 1, detail: expect.stringContaining(event_id) });
  });

  it('fails events whose user and page the dimensions do not hold', async () => {
    await storeUserEvents([{ user_id: 7, page: '/lost' }, {}]);
    for (const [dimension, condition] of Object.entries({ dim_users: 'user_id != 7', dim_pages: "page != '/lost'" })) {
      await admin.command(`RENAME TABLE gold.${dimension} TO gold.whole_${dimension}`);
      await admin.command(`CREATE VIEW gold.${dimension} AS SELECT * FROM gold.whole_${dimension} WHERE ${condition}`);
    }
    const { users_in_dimension, pages_in_dimension } = await check('user_events');
    expect(users_in_dimension).toMatchObject({ status: 'failed', observed: 0.5, detail: '7: 1' });
    expect(pages_in_dimension).toMatchObject({ status: 'failed', observed: 0.5, detail: '/lost: 1' });
  });
});

/** Runs the checks of a stream; what each said, by its name. */
async function check(stream: string, nowMs = NOW_MS) {
  const deps = { clickhouse: admin, clock: () => nowMs, newId: randomUUID, log: silentLog };
  await checkStream(findDeclaration(stream), deps);
  const { checks } = await readQuality(admin, stream);
  const sorted = checks.toSorted((a, b) => a.check.localeCompare(b.check));
  return Object.fromEntries(sorted.map((result) => [result.check, result]));
}

interface Publication {
  readonly tidemark: Record<number, number>;
  readonly throughMs?: number;
  readonly publishedMs?: number;
}

async function storePublications(publications: readonly Publication[], firstSnapshot = 1): Promise<void> {
  const columns = ['stream', 'snapshot', 'tidemark', 'historical_through', 'published_at'] as [string, ...string[]];
  const rows = publications.map(({ tidemark, throughMs = null, publishedMs = NOW_MS }, index) => {
    return ['retail_events', firstSnapshot + index, tidemark, throughMs, publishedMs];
  });
  await admin.insert('tidemark.publications', columns, rows);
}

const storeSales = (rows: readonly Record<string, unknown>[]) =>
  storeRows('retail.retail_events_realtime', rows, () => ({
    event_time: Math.floor(NOW_MS / 1000),
    store_id: 1,
    product_id: 'Laptop',
    category: 'Electronics',
    transaction_type: 'SALE',
    quantity: 1,
    unit_price: '10',
  }));

const storeUserEvents = (rows: readonly Record<string, unknown>[]) =>
  storeRows('realtime.user_events_realtime', rows, () => ({
    event_id: randomUUID(),
    user_id: 1,
    event_type: 'click',
    page: '/home',
    timestamp: NOW_MS - 3 * MINUTE_MS,
    source: 'web',
    _content_hash: '',
  }));

/** At the next offsets of partition 0, three minutes old unless a row says otherwise. */
async function storeRows(
  table: string,
  rows: readonly Record<string, unknown>[],
  makeDefaults: () => Record<string, unknown>,
): Promise<void> {
  const whole = rows.map((row) => {
    const _timestamp = NOW_MS - 3 * MINUTE_MS;
    return { ...makeDefaults(), _partition: 0, _offset: nextOffset++, _timestamp, inserted_at: _timestamp, ...row };
  });
  const columns = Object.keys(whole[0] ?? {}) as [string, ...string[]];
  await admin.insert(
    table,
    columns,
    whole.map((row: Record<string, unknown>) => columns.map((name) => row[name])),
  );
}
