import { describe, expect, it } from '@jest/globals';
import { declarations } from '@tidemark/domains/index';
import type { Stream } from '@tidemark/domains/stream';
import fc from 'fast-check';
import { toRecordRows } from '../../../functions/batch/compact/kept-records.ts';
import { defineRecordsTable } from '../../../functions/batch/compact/lake-definitions.ts';
import { readPiece } from '../../../functions/batch/compact/read-piece.ts';
import { parseSummary } from '../../../functions/batch/compact/snapshot-summary.ts';
import { createIngest } from '../../../functions/speed/ingest/ingest-records.ts';
import type { LakeRows } from '../../../layers/platform/lake/definition.ts';
import { setUpSchema } from '../../../localstack/start/set-up-stack.ts';
import { malformedValues } from '../../fixtures/malformed-values.ts';
import { silentLog } from '../../support/compaction.ts';
import { createFakeKafkaLog } from '../../support/fake-kafka-log.ts';
import { createRecordingClickHouse, type RecordingClickHouse } from '../../support/recording-clickhouse.ts';
import { kafkaEventOf, NOON_MS, type StoredRecord } from '../../support/retail-records.ts';
import { runInClickHouse } from '../../support/run-in-clickhouse.ts';

const DEAD = 'tidemark.dead_letters';

const hotTableOf = ({ database, hotTable }: Stream) => `${database}.${hotTable}`;

const mostly = <Usual, Odd>(usual: fc.Arbitrary<Usual>, odd: fc.Arbitrary<Odd>) =>
  fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: odd });

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const twoDigits = (max: number, min = 0) => fc.integer({ min, max }).map((n) => String(n).padStart(2, '0'));
const eventTime = fc
  .tuple(
    fc.integer({ min: 1999, max: 2027 }),
    twoDigits(13),
    twoDigits(32),
    twoDigits(24),
    twoDigits(60),
    twoDigits(60),
  )
  .map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day} ${hour}:${minute}:${second}`);
/** Decimal texts around the limits of four places and fifteen digits. */
const price = fc
  .tuple(fc.nat({ max: 10_000_001 }), fc.nat({ max: 99_999 }), mostly(fc.nat({ max: 4 }), fc.constant(5)))
  .map(([whole, fraction, places]) => Number(`${whole}.${String(fraction).padStart(5, '0').slice(0, places)}`));

const retailEvent = fc.record(
  {
    event_time: mostly(fc.constant('2026-11-21 11:59:59'), eventTime),
    store_id: mostly(fc.nat(), fc.constantFrom(-0, 2_147_483_647, 2_147_483_648, '7')),
    product_id: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    category: fc.oneof(fc.constantFrom('Books', 'Home'), fc.string({ minLength: 1, maxLength: 5 })),
    transaction_type: fc.constantFrom('SALE', 'RETURN', 'RESTOCK'),
    quantity: mostly(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(0, 1e6, 1.5)),
    unit_price: mostly(price, fc.constantFrom(0, -0, 1e-4, 0.1 + 0.2, 10_000_000, null)),
    event_id: fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }),
    more: fc.jsonValue(),
  },
  { requiredKeys: ['event_time', 'store_id', 'category', 'transaction_type', 'quantity', 'unit_price', 'product_id'] },
);

const isoTime = fc
  .tuple(eventTime, fc.constantFrom('T', ' '), fc.constantFrom('', '.5', '.123456'), fc.constantFrom('', 'Z', '+02:00'))
  .map(([time, separator, fraction, zone]) => time.replace(' ', separator) + fraction + zone);
const userEvent = fc.record(
  {
    // Uniformly chosen, so that none comes twice: a repeat is hot, and is not in silver.
    event_id: mostly(fc.noBias(fc.uuid()), fc.string({ maxLength: 36 })).map((id) => id.toUpperCase()),
    user_id: mostly(fc.nat(), fc.constantFrom(-0, 2_147_483_647, 2_147_483_648, '7')),
    event_type: mostly(fc.constantFrom('login', 'click', 'purchase', 'logout'), fc.constant('LOGIN')),
    page: mostly(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), fc.constant('')),
    timestamp: mostly(fc.constant('2026-11-21T11:59:59.25Z'), isoTime),
    source: mostly(fc.constantFrom('web', 'mobile'), fc.constant(null)),
    more: fc.jsonValue(),
  },
  { requiredKeys: ['event_id', 'user_id', 'event_type', 'page', 'timestamp'] },
);
const EVENTS: Readonly<Record<string, fc.Arbitrary<object>>> = { retail_events: retailEvent, user_events: userEvent };

const valuesOf = (event: fc.Arbitrary<object>) =>
  fc.oneof(
    { weight: 4, arbitrary: event.map((fields) => Buffer.from(JSON.stringify(fields))) },
    { weight: 1, arbitrary: bytes },
    { weight: 1, arbitrary: fc.jsonValue().map((json) => Buffer.from(JSON.stringify(json))) },
    { weight: 1, arbitrary: fc.constant(null) },
  );

const headers = fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 5 }), fc.option(bytes)), { maxLength: 3 });

const timestamp = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: NOON_MS, max: NOON_MS + 86_400_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0, 1, NOON_MS, 9_999_999_999_999, 10_000_000_000_000) },
);

function recordOf(stream: Stream): fc.Arbitrary<StoredRecord> {
  const event = EVENTS[stream.name];
  if (event === undefined) throw new Error(`no events of ${stream.name} are made up here`);
  return fc
    .tuple(fc.option(bytes), valuesOf(event), headers, timestamp)
    .map(([key, bytesOrNull, pairs, ms]) => ({ key, value: bytesOrNull, headers: pairs, timestamp: ms }));
}

async function throughBothLayers(stream: Stream, records: readonly StoredRecord[]) {
  const kafka = createFakeKafkaLog({ chunkOffsets: 7 });
  kafka.partitions[0]?.push(...records);
  const clickhouse = createRecordingClickHouse();
  const range = { topic: stream.topic, partition: 0, from: 0, to: records.length };
  // As JSON, the way Lambda hands it over.
  const ingest = createIngest(stream, { clickhouse, log: silentLog });
  for await (const { records: batch } of kafka.read(range))
    await ingest(JSON.parse(JSON.stringify(kafkaEventOf(batch))));
  const input = {
    before: parseSummary({}),
    ranges: new Map([[0, { from: 0, to: records.length }]]),
    partitions: [],
    maxBytes: Number.POSITIVE_INFINITY,
  };
  const piece = await readPiece(stream, input, { kafka, clickhouse });
  return {
    clickhouse,
    lake: toTexts(piece.rows),
    refused: toTexts(toRecordRows(piece.kept.filter(isRefused), defineRecordsTable(stream))).map(namedAsDeadLetter),
  };
}

const isRefused = ({ verdict }: { readonly verdict: string }) => verdict !== 'valid';

/** A bronze row as the dead letter that it describes. */
function namedAsDeadLetter({ verdict, event_time, event_id, content, ...row }: Record<string, string | null>) {
  return verdict === undefined ? row : { ...row, reason: verdict };
}

/** Rows of the lake with every value as one text, whatever its JavaScript type; times in milliseconds. */
function toTexts(columns: LakeRows): Record<string, string | null>[] {
  const count = Object.values(columns)[0]?.length ?? 0;
  return Array.from({ length: count }, (_, row) =>
    Object.fromEntries(Object.entries(columns).map(([name, vector]) => [name, toText(name, vector[row])])),
  );
}

function toText(name: string, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (MOMENTS.has(name)) return String((value as bigint) / 1000n);
  // Of minus zero as well.
  return typeof value === 'number' ? String(value + 0) : String(value);
}

/** What ingest inserted, as the same texts. */
function insertedInto(clickhouse: RecordingClickHouse, table: string): Record<string, unknown>[] {
  return clickhouse.inserts
    .filter((insert) => insert.table === table)
    .flatMap(({ columns, rows }) =>
      // Through JSON, the way ClickHouse is told.
      (JSON.parse(JSON.stringify(rows)) as unknown[][]).map((row) =>
        Object.fromEntries(columns.map((column, index) => [column, row[index]])),
      ),
    );
}

function hotToTexts(row: Record<string, unknown>) {
  const toHotText = (name: string, value: unknown) => {
    if (MOMENTS.has(name)) return String(Math.round(Number(value) * 1000));
    if (name === 'unit_price') return toUnscaled(String(value));
    return value === null ? null : String(value);
  };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toHotText(name, value)]));
}

const MOMENTS = new Set(['event_time', 'timestamp', '_timestamp']);

/** A decimal text as the integer of its four places: "12.5" is "125000". */
function toUnscaled(decimal: string): string {
  const [whole = '', fraction = ''] = decimal.split('.');
  expect(decimal).toMatch(/^\d+(\.\d{1,4})?$/);
  return String(BigInt(whole + fraction.padEnd(4, '0')));
}

function refusedToTexts(row: Record<string, unknown>) {
  const { stream: _, key_base64, value_base64, headers, ...same } = row;
  const pairs = (headers as { name: string; value_base64: string | null }[]).map((header) => Object.values(header));
  const texts = Object.entries(same).map(([name, value]) => [name, String(value)]);
  return { ...Object.fromEntries(texts), key: key_base64, value: value_base64, headers: JSON.stringify(pairs) };
}

describe.each(declarations.map(({ stream }) => [stream.name, stream] as const))(
  'speed and batch of %s',
  (_, stream) => {
    const hotTable = hotTableOf(stream);

    it('judge and convert every record alike, value by value', async () => {
      let valid = 0;
      let refusals = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(recordOf(stream), { minLength: 1, maxLength: 20 }), async (records) => {
          const { clickhouse, lake, refused } = await throughBothLayers(stream, records);

          expect(insertedInto(clickhouse, hotTable).map(hotToTexts)).toEqual(lake);
          expect(insertedInto(clickhouse, DEAD).map(refusedToTexts)).toEqual(refused);
          expect(lake.length + refused.length).toBe(records.length);
          valid += lake.length;
          refusals += refused.length;
        }),
        // The seed, because what follows is no law but a count.
        { numRuns: 100, seed: 6 },
      );
      // The property says nothing of what never came.
      expect(Math.min(valid, refusals)).toBeGreaterThan(50);
    }, 60_000);

    it('agree on the values that no schema foresees', async () => {
      const records = malformedValues.map((one) => ({
        key: one.key ?? null,
        value: one.value,
        headers: [],
        timestamp: NOON_MS,
      }));

      const { clickhouse, lake, refused } = await throughBothLayers(stream, records);

      expect(insertedInto(clickhouse, hotTable).map(hotToTexts)).toEqual(lake);
      expect(insertedInto(clickhouse, DEAD).map(refusedToTexts)).toEqual(refused);
    });

    it('agree also on what ClickHouse makes of the rows', async () => {
      const records = fc.sample(recordOf(stream), { numRuns: 400, seed: 1 });
      const { clickhouse, lake, refused } = await throughBothLayers(stream, records);
      const schema = createRecordingClickHouse();
      await setUpSchema(schema);
      const columns = stream.columns.map(({ name }) => toSelected(name)).join(', ');
      const answers = await runInClickHouse([
        ...schema.commands,
        ...clickhouse.inserts.map(toInsertStatement),
        `SELECT ${columns} FROM ${hotTable} FINAL ORDER BY toInt64(_partition), toInt64(_offset)`,
        `SELECT topic, toString(_partition) AS _partition, toString(_offset) AS _offset, ${toSelected('_timestamp')}, reason,
         detail, base64Encode(key) AS key, base64Encode(value) AS value,
         arrayMap(h -> [h.name, h.value_base64], headers) AS headers
       FROM ${DEAD} FINAL ORDER BY toInt64(_partition), toInt64(_offset)`,
      ]);

      const [hot, dead] = answers.slice(-2).map((answer) => answer?.data ?? []);
      expect(hot).toEqual(lake);
      expect(dead?.map((row) => ({ ...row, headers: JSON.stringify(row.headers) }))).toEqual(refused);
      expect(Math.min(lake.length, refused.length)).toBeGreaterThan(20);
    }, 60_000);
  },
);

function toSelected(name: string): string {
  if (MOMENTS.has(name)) {
    return `toString(toUnixTimestamp64Milli(toDateTime64(${name}, 3, 'UTC'))) AS ${name}`;
  }
  if (name === 'unit_price') return 'toString(toInt64(unit_price * 10000)) AS unit_price';
  return name === 'event_id' ? name : `toString(${name}) AS ${name}`;
}

function toInsertStatement({ table, columns, rows }: RecordingClickHouse['inserts'][number]): string {
  const lines = rows.map((row) => JSON.stringify(row)).join('\n');
  return `INSERT INTO ${table} (${columns.join(', ')}) FORMAT JSONCompactEachRow\n${lines}`;
}
