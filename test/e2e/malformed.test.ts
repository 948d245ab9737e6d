import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import { defineEventsTable, defineRecordsTable } from '../../functions/batch/compact/lake-definitions.ts';
import { type MalformedValue, malformedValues } from '../fixtures/malformed-values.ts';
import { readLakeRows } from '../support/lake-rows.ts';
import { type Position, sendOneByOne } from '../support/send-values.ts';
import { isAllInLake, readStreamStatus } from '../support/stream-status.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Values that no producer should send, amid ones that are right: none is lost, none is changed, none stops the stream. */

const VALID = 'amid the malformed';
/** Not UTF-8, and with a NUL: kept as they are. */
const KEY = Buffer.from([0x00, 0xff, 0xfe, 0x41]);
const HEADERS = { trace: [Buffer.from([0xff, 0x00]), Buffer.from('again')], Größe: 'ä', empty: '' };
const STORED_HEADERS = [
  ['trace', '/wA='],
  ['trace', 'YWdhaW4='],
  ['Größe', 'w6Q='],
  ['empty', ''],
];

const refused = malformedValues.filter(({ expected }) => expected !== 'stored');
const stored = malformedValues.filter(({ expected }) => expected === 'stored');

interface StoredEvent {
  readonly event_time: string;
  readonly store_id: number;
  readonly product_id: string;
  readonly category: string;
  readonly transaction_type: string;
  readonly quantity: number;
  readonly unit_price: string;
  readonly event_id: string | null;
}

interface RecordPosition {
  readonly _partition: number;
  readonly _offset: number;
  readonly _timestamp: string;
}
type LakeEvent = StoredEvent & RecordPosition;
interface DeadLetterRow extends RecordPosition {
  readonly reason: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: string;
}

let stack: TestStack;
const positions = new Map<string, string>();
const positionOf = ({ name }: MalformedValue): string => positions.get(name) as string;

beforeAll(async () => {
  stack = await startTestStack();
  const messages = malformedValues.flatMap((malformed, index) => [
    {
      name: malformed.name,
      message: { key: keyOf(malformed), value: malformed.value, headers: HEADERS, partition: index % 3 },
    },
    { name: VALID, message: { value: validEvent(index), partition: index % 3 } },
  ]);
  const written = await sendOneByOne(
    stack.urls.kafkaBrokers,
    messages.map(({ message }) => message),
  );
  messages.forEach(({ name }, index) => {
    if (name !== VALID) positions.set(name, formatPosition(written[index] as Position));
  });
}, 300_000);

afterAll(async () => {
  await stack?.stop();
}, 60_000);

describe('the speed layer', () => {
  it('goes on: every valid event amid them is stored once', async () => {
    await waitUntil(async () => (await readStreamStatus(stack.urls.api)).lag_records === 0, {
      withinMs: 120_000,
      everyMs: 200,
    });
    const { rows } = await stack.reader.query(
      `SELECT count() AS events, uniqExact(event_id) AS ids FROM retail.retail_events_unified
       WHERE category = {valid:String}`,
      { valid: VALID },
    );
    expect(rows).toEqual([{ events: malformedValues.length, ids: malformedValues.length }]);
  }, 180_000);

  it('refuses exactly those that are to be refused, each for its reason, and counts them', async () => {
    const { rows } = await stack.reader.query<{ position: string; reason: string }>(
      "SELECT concat(toString(_partition), ':', toString(_offset)) AS position, reason FROM tidemark.dead_letters FINAL",
    );
    expect(byPosition(rows)).toEqual(expectedReasons());
    expect(await readStreamStatus(stack.urls.api)).toMatchObject({
      rejected: refused.length,
      stored: malformedValues.length + stored.length,
      open_gaps: 0,
    });
  });

  it('keeps the original bytes of each refused value and key, and the headers', async () => {
    const { rows } = await stack.reader.query<{ position: string }>(
      `SELECT concat(toString(_partition), ':', toString(_offset)) AS position, hex(SHA256(value)) AS value,
       base64Encode(key) AS key, arrayMap(header -> [header.1, header.2], headers) AS headers
       FROM tidemark.dead_letters FINAL`,
    );
    const expected = refused.map((malformed) => ({
      position: positionOf(malformed),
      value: malformed.value === null ? null : sha256(malformed.value).toUpperCase(),
      key: keyOf(malformed)?.toString('base64') ?? null,
      headers: STORED_HEADERS,
    }));
    expect(sortByPosition(rows)).toEqual(sortByPosition(expected));
  });

  it.each(stored.map((malformed) => [malformed.name, malformed] as const))(
    'stores unchanged: %s',
    async (_, malformed) => {
      const [partition, offset] = positionOf(malformed).split(':').map(Number);
      const { rows } = await stack.reader.query<StoredEvent>(
        `SELECT formatDateTime(event_time, '%F %T') AS event_time, store_id, product_id, category, transaction_type,
       quantity, toDecimalString(unit_price, 4) AS unit_price, event_id
       FROM retail.retail_events_realtime WHERE _partition = {partition:UInt32} AND _offset = {offset:UInt64}`,
        { partition, offset },
      );
      expect(rows).toEqual([eventOf(malformed)]);
    },
  );
});

describe('the batch layer', () => {
  it('comes to the same verdict on each, and keeps the same bytes in the lake', async () => {
    await waitUntil(
      async () => {
        await stack.invoke('compact');
        return isAllInLake(await readStreamStatus(stack.urls.api));
      },
      { withinMs: 120_000, everyMs: 500 },
    );

    const rows = await readLakeRows<DeadLetterRow>(stack, defineRecordsTable(retailEvents));
    const found = rows.map(({ _partition, _offset, reason, value, key, headers }) => ({
      position: `${_partition}:${_offset}`,
      reason,
      value: value === null ? null : sha256(Buffer.from(value, 'base64')),
      key,
      headers: JSON.parse(headers),
    }));
    const expected = refused.map((malformed) => ({
      position: positionOf(malformed),
      reason: malformed.expected,
      value: malformed.value === null ? null : sha256(malformed.value),
      key: keyOf(malformed)?.toString('base64') ?? null,
      headers: STORED_HEADERS,
    }));
    expect(sortByPosition(found)).toEqual(sortByPosition(expected));
  }, 180_000);

  it('stores unchanged in the lake what the speed layer stored', async () => {
    const rows = await readLakeRows<LakeEvent>(stack, defineEventsTable(retailEvents));
    const found = rows
      .filter(({ category }) => category !== VALID)
      .map(({ _partition, _offset, _timestamp, event_time, ...event }) => ({
        position: `${_partition}:${_offset}`,
        event_time: event_time.slice(0, 'YYYY-MM-DD HH:MM:SS'.length),
        ...event,
      }));
    const expected = stored.map((malformed) => ({ position: positionOf(malformed), ...eventOf(malformed) }));
    expect(sortByPosition(found)).toEqual(sortByPosition(expected));
  }, 60_000);

  it('changes no answer', async () => {
    const { rows } = await stack.reader.query<{ source: string; events: number }>(
      'SELECT source, count() AS events FROM retail.retail_events_unified GROUP BY source',
    );
    expect(rows).toEqual([{ source: 'historical', events: malformedValues.length + stored.length }]);
    expect(await readStreamStatus(stack.urls.api)).toMatchObject({
      rejected: refused.length,
      stored: malformedValues.length + stored.length,
      open_gaps: 0,
      lag_records: 0,
    });
  });
});

/** Every fifth that needs none of its own has none. */
function keyOf(malformed: MalformedValue): Buffer | null {
  return malformed.key ?? (malformedValues.indexOf(malformed) % 5 === 0 ? null : KEY);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const formatPosition = ({ partition, offset }: Position) => `${partition}:${offset}`;

function validEvent(index: number): string {
  return JSON.stringify({
    event_time: '2026-11-20 16:00:00',
    store_id: index,
    product_id: 'Laptop',
    category: VALID,
    transaction_type: 'SALE',
    quantity: 1,
    unit_price: 0.01,
    event_id: `valid ${index}`,
  });
}

function expectedReasons(): Record<string, string> {
  return Object.fromEntries(refused.map((malformed) => [positionOf(malformed), malformed.expected]));
}

function byPosition(rows: readonly { position: string; reason: string }[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ position, reason }) => [position, reason]));
}

function sortByPosition<Row extends { position: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => (a.position < b.position ? -1 : 1));
}

/** What the value itself says, read by nothing of ours. */
function eventOf({ value }: MalformedValue): StoredEvent {
  const { event_time, store_id, product_id, category, transaction_type, quantity, unit_price, event_id } = JSON.parse(
    String(value),
  );
  return {
    event_time,
    store_id,
    product_id,
    category,
    transaction_type,
    quantity,
    unit_price: (unit_price + 0).toFixed(4), // plus zero: of negative zero, ClickHouse keeps no sign
    event_id: event_id ?? null,
  };
}
