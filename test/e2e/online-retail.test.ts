import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type KeptRunning, keepRunning } from '../support/keep-running.ts';
import { pythonWith } from '../support/python-with.ts';
import { isAllInLake, readStreamStatus } from '../support/stream-status.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** 541,909 real rows through the real stack, under compaction, against figures computed straight from the file. */

const run = promisify(execFile);
const ROWS = 541_909;

interface Sums {
  readonly transaction_count: number;
  readonly total_quantity: number;
  readonly total_revenue: string;
}
interface Expected {
  readonly stored: number;
  readonly rejected: Record<string, number>;
  readonly by_transaction_type: Record<string, Sums>;
  readonly daily: (Sums & { readonly date: string; readonly transaction_type: string })[];
}
type SumRow = Sums & { readonly transaction_type: string };

const UNIFIED = `SELECT transaction_type, count() AS transaction_count, sum(quantity) AS total_quantity,
  toDecimalString(sum(CAST(unit_price, 'Decimal(38, 4)') * quantity), 4) AS total_revenue
  FROM retail.retail_events_unified GROUP BY transaction_type`;
const GOLD = `SELECT transaction_type, sum(s.transaction_count) AS transaction_count,
  sum(s.total_quantity) AS total_quantity, toDecimalString(sum(s.total_revenue), 4) AS total_revenue
  FROM retail.daily_sales_summary AS s GROUP BY transaction_type`;

/** Every row of the file has an `event_id` of its own, so an event that is counted twice shows at any moment. */
const DISTINCT = `SELECT count() AS events, uniqExact(event_id) AS ids, max(_snapshot) AS snapshot
  FROM retail.retail_events_unified`;

let stack: TestStack;
let expected: Expected;
let compaction: KeptRunning;

const sumsOf = async (sql: string) => (await stack.reader.query<SumRow>(sql)).rows;
const byType = (rows: readonly SumRow[]) =>
  Object.fromEntries(rows.map(({ transaction_type, ...sums }) => [transaction_type, sums]));

beforeAll(async () => {
  const { stdout } = await run('python3', ['test/support/expected-online-retail.py'], { maxBuffer: 64 * 1024 * 1024 });
  expected = JSON.parse(stdout) as Expected;
  stack = await startTestStack();
}, 300_000);

afterAll(async () => {
  await stack?.stop();
}, 60_000);

describe('the replay of Online Retail', () => {
  it('is stored or dead-lettered in full, and no query sees a wrong count, while compaction runs', async () => {
    compaction = keepRunning(async () => {
      await stack.invoke('compact');
      await stack.invoke('refreshGold');
    });
    let seen = 0;
    const snapshots = new Set<number>();
    const watching = keepRunning(async () => {
      const { rows } = await stack.reader.query<{ events: number; ids: number; snapshot: number }>(DISTINCT);
      const { events, ids, snapshot } = rows[0] ?? { events: 0, ids: 0, snapshot: 0 };
      expect(ids).toBe(events);
      expect(events).toBeGreaterThanOrEqual(seen);
      expect(events).toBeLessThanOrEqual(expected.stored);
      seen = events;
      snapshots.add(snapshot);
    });

    const replay = await stack.run('replay', 'online-retail');
    expect(replay).toMatchObject({ code: 0 });
    await watching.throughout(waitUntil(() => seen === expected.stored, { withinMs: 300_000, everyMs: 200 }));
    await watching.stop();
    expect(watching.times).toBeGreaterThan(5);
    expect(snapshots.size).toBeGreaterThan(2);

    const { rows } = await stack.reader.query<{ reason: string; records: number }>(
      'SELECT reason, count() AS records FROM tidemark.dead_letters FINAL GROUP BY reason',
    );
    expect(Object.fromEntries(rows.map(({ reason, records }) => [reason, records]))).toEqual(expected.rejected);
    const rejected = Object.values(expected.rejected).reduce((sum, count) => sum + count, 0);
    expect(expected.stored + rejected).toBe(ROWS);
  }, 600_000);

  it('gives the exact sums in the unified view and in gold, before, during and after compaction', async () => {
    const checks = keepRunning(async () => {
      expect(byType(await sumsOf(UNIFIED))).toEqual(expected.by_transaction_type);
      expect(byType(await sumsOf(GOLD))).toEqual(expected.by_transaction_type);
    });
    const isCompacted = async () => isAllInLake(await readStreamStatus(stack.urls.api)) && checks.times > 5;
    await checks.throughout(waitUntil(isCompacted, { withinMs: 300_000, everyMs: 500 }));
    await compaction.stop();
    await stack.invoke('refreshGold');
    const before = checks.times;
    await checks.throughout(waitUntil(() => checks.times > before + 2, { withinMs: 60_000 }));
    await checks.stop();
  }, 600_000);

  it('gives the exact sums of every day in daily_sales_summary', async () => {
    const { rows } = await stack.reader.query<SumRow & { date: string }>(
      `SELECT toString(date) AS date, transaction_type, sum(s.transaction_count) AS transaction_count,
       sum(s.total_quantity) AS total_quantity, toDecimalString(sum(s.total_revenue), 4) AS total_revenue
       FROM retail.daily_sales_summary AS s GROUP BY date, transaction_type ORDER BY date, transaction_type`,
    );
    expect(rows).toEqual(expected.daily);
  });

  it('leaves a lake that PyIceberg counts as retail_events_historical does', async () => {
    const { rows } = await stack.reader.query<{ records: number; location: string; metadata_file: string }>(
      `SELECT (SELECT count() FROM retail.retail_events_historical) AS records, location, metadata_file
       FROM tidemark.publications FINAL WHERE stream = 'retail_events' ORDER BY snapshot DESC LIMIT 1`,
    );
    const [published] = rows;
    expect(published?.records).toBe(expected.stored);
    const python = await pythonWith(['pyiceberg==0.11.*', 'pyarrow']);
    const bucket = stack.environment.LAKE_BUCKET as string;
    const { stdout } = await run(python, [
      '-c',
      `import sys; from pyiceberg.table import StaticTable
table = StaticTable.from_metadata(sys.argv[1], {"s3.endpoint": sys.argv[2], "s3.access-key-id": "test",
  "s3.secret-access-key": "test", "s3.region": "us-east-1"})
print(table.scan(selected_fields=("store_id",)).to_arrow().num_rows)`,
      `s3://${bucket}/${published?.location}${published?.metadata_file}`,
      stack.urls.s3,
    ]);
    expect(Number(stdout)).toBe(expected.stored);
  }, 300_000);
});
