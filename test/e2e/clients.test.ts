import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { prepareConfluentKafka, runWithConfluentKafka } from '../support/kafka-python.ts';
import { sendOneByOne } from '../support/send-values.ts';
import { tell } from '../support/tell.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The stack as foreign programs see it: clients from PyPI and npm, unmodified. */

const EVENT_TO_ANSWER_MS = 2_000;
const CODECS = ['lz4', 'snappy', 'zstd', 'gzip', 'none'] as const;

/** Prints when the broker acknowledged the record, in milliseconds since 1970. */
const PRODUCE = `
import sys, time
from confluent_kafka import Producer
brokers, codec, value = sys.argv[1:]
acknowledged = []
def on_delivery(error, message):
    assert error is None, error
    acknowledged.append(time.time() * 1000)
producer = Producer({'bootstrap.servers': brokers, 'compression.type': codec})
headers = [('trace', b'\\x00\\xff'), ('trace', b'2'), ('Größe', 'ä'.encode()), ('none', None)]
producer.produce('retail_events', value, key='7', headers=headers, on_delivery=on_delivery)
assert producer.flush(30) == 0
print(acknowledged[0])
`;

const COLUMNS = [
  'event_time',
  'store_id',
  'product_id',
  'category',
  'transaction_type',
  'quantity',
  'unit_price',
  'event_id',
];
const SUMS = ['transaction_count', 'total_quantity', 'total_revenue'];

/** The contract of product.md: what people's saved queries may name. */
const CONTRACT = {
  retail_events_realtime: [...COLUMNS, 'inserted_at'],
  retail_events_historical: COLUMNS,
  retail_events_unified: [...COLUMNS, 'source'],
  sales_by_category: ['category', ...SUMS],
  sales_by_store: ['store_id', ...SUMS],
  hourly_sales_trend: ['hour', ...SUMS],
  product_performance: ['product_id', 'category', ...SUMS],
  daily_sales_summary: ['date', 'store_id', 'category', 'transaction_type', ...SUMS],
  hourly_sales_summary: ['hour', 'store_id', 'category', 'transaction_type', ...SUMS],
  product_performance_summary: ['product_id', 'category', 'transaction_type', ...SUMS, 'avg_unit_price'],
};
const VIEWS = Object.entries(CONTRACT);

let stack: TestStack;
let client: ClickHouseClient;

beforeAll(async () => {
  // Without schedules, which would compact at the full minute what is to be read before any compaction.
  stack = await startTestStack({ hasSchedules: false });
  await prepareConfluentKafka();
  client = createClient({
    url: stack.urls.clickhouse,
    username: 'query',
    password: stack.credentials.CLICKHOUSE_QUERY_PASSWORD,
    database: 'retail',
    log: { level: ClickHouseLogLevel.OFF }, // it is refused on purpose
  });
  // serverless-offline loads a function when it is first asked for: the query, and by a record that is no event, ingest.
  await stack.get(salesPath('nothing'));
  await sendOneByOne(stack.urls.kafkaBrokers, [{ value: 'no event' }]);
  await waitUntil(async () => (await countEvents('tidemark.dead_letters')) === 1, { withinMs: 60_000 });
}, 300_000);

afterAll(async () => {
  await client?.close();
  await stack?.stop();
}, 60_000);

describe('an event of an unmodified confluent-kafka', () => {
  it.each(CODECS)(
    'with headers and %s is answered in under two seconds',
    async (codec) => {
      const answered = watchAnswer(salesPath(codec));

      const acknowledgedAtMs = Number(
        await runWithConfluentKafka(PRODUCE, [stack.urls.kafkaBrokers, codec, eventOf(codec)]),
      );

      const { atMs, rows } = await answered;
      tell(`confluent-kafka, ${codec}: answered ${Math.round(atMs - acknowledgedAtMs)} ms after the acknowledgement`);
      expect(rows).toEqual([{ store_id: 7, transaction_count: 1, total_quantity: 5, total_revenue: '2250.25' }]);
      expect(atMs - acknowledgedAtMs).toBeLessThan(EVENT_TO_ANSWER_MS);
    },
    120_000,
  );

  it('was compressed on the wire and in the log', async () => {
    const log = await readLog();
    const isPlain = CODECS.map((codec) => [codec, log.includes(noteOf(codec))]);
    expect(Object.fromEntries(isPlain)).toEqual({ lz4: false, snappy: false, zstd: false, gzip: false, none: true });
  });
});

describe('@clickhouse/client as the user query', () => {
  it.each(VIEWS)('reads %s before any compaction', async (view, columns) => {
    await expectRows(view, columns, view === 'retail_events_historical' ? 0 : CODECS.length);
  });

  it('reads the same from the lake once it is compacted', async () => {
    await waitUntil(async () => {
      await stack.invoke('compact');
      await stack.invoke('refreshGold');
      return (await countEvents("retail_events_unified WHERE source = 'historical'")) === CODECS.length;
    });
    expect(await countEvents("retail_events_unified WHERE source = 'realtime'")).toBe(0);
  }, 120_000);

  it.each(VIEWS)('reads %s after a compaction', async (view, columns) => {
    await expectRows(view, columns, CODECS.length);
  });

  it('binds parameters', async () => {
    const result = await client.query({
      query: 'SELECT sum(quantity) AS units FROM retail_events_unified WHERE category = {category:String}',
      query_params: { category: "sent with lz4' OR '1' = '1" },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ units: 0 }]);
  });

  it.each([
    "INSERT INTO retail.retail_events_realtime (event_time, store_id) VALUES ('2026-01-01 00:00:00', 1)",
    'ALTER TABLE retail.retail_events_realtime DELETE WHERE true',
    'TRUNCATE TABLE retail.retail_events_realtime',
    'DROP TABLE retail.retail_events_realtime',
    'DROP VIEW retail.retail_events_unified',
    'CREATE TABLE retail.mine (a Int32) ENGINE = Memory',
    'CREATE OR REPLACE VIEW retail.sales_by_store AS SELECT 1',
    'RENAME TABLE retail.retail_events_realtime TO retail.gone',
    'OPTIMIZE TABLE retail.retail_events_realtime FINAL',
    "INSERT INTO tidemark.snapshot_floors (stream, floor) VALUES ('retail_events', 1000000)",
  ])('is refused: %s', async (statement) => {
    await expect(client.command({ query: statement })).rejects.toMatchObject({
      code: expect.stringMatching(/^(164|497)$/),
    });
    expect(await countEvents('retail_events_realtime')).toBe(CODECS.length);
  });
});

const noteOf = (codec: string) => `${codec}, and again `.repeat(100);
const salesPath = (codec: string) => `/v1/queries/retail_events/sales_by_store?category=sent+with+${codec}`;

function eventOf(codec: string): string {
  return JSON.stringify({
    event_time: '2026-11-20 16:00:00',
    store_id: 7,
    product_id: 'Laptop',
    category: `sent with ${codec}`,
    transaction_type: 'SALE',
    quantity: 5,
    unit_price: 450.05,
    note: noteOf(codec), // a record that is too short to gain by it is not compressed
  });
}

/** Asks again and again; tells the first answer that has rows, and when it came. */
async function watchAnswer(path: string): Promise<{ atMs: number; rows: unknown[] }> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const { body } = await stack.get(path);
    const rows = (body as { data: unknown[] }).data;
    if (rows.length > 0) return { atMs: Date.now(), rows };
    await sleep(20);
  }
  throw new Error(`${path} has had no rows for a minute`);
}

async function readLog(): Promise<Buffer> {
  const kafkaDir = join(stack.settings.stateDir, 'kafka');
  const files = await readdir(kafkaDir, { recursive: true });
  const segments = files.filter((file) => /retail_events-\d+\/\d+\.log$/.test(file));
  return Buffer.concat(await Promise.all(segments.map((file) => readFile(join(kafkaDir, file)))));
}

async function expectRows(view: string, columns: readonly string[], events: number): Promise<void> {
  const result = await client.query({ query: `SELECT * FROM ${view}`, format: 'JSONEachRow' });
  const rows = await result.json<Record<string, unknown>>();
  const counts = rows.map(({ transaction_count }) => (transaction_count === undefined ? 1 : Number(transaction_count)));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(events);
  const described = await client.query({ query: `DESCRIBE TABLE ${view}`, format: 'JSONEachRow' });
  const names = (await described.json<{ name: string }>()).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining([...columns]));
}

async function countEvents(from: string): Promise<number> {
  const result = await client.query({ query: `SELECT count() AS events FROM ${from}`, format: 'JSONEachRow' });
  return Number((await result.json<{ events: string }>())[0]?.events);
}
