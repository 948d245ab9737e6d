import type { KafkaEvent, KafkaEventRecord } from '../../functions/speed/ingest/kafka-event.ts';
import type { SourceRecord } from '../../layers/domains/outcome.ts';
import type { Slot } from './fake-kafka-log.ts';

/** 2026-11-21, when the first of the records below is appended. */
export const NOON_MS = Date.UTC(2026, 10, 21, 12);

export type StoredRecord = Exclude<Slot, 'marker'>;

/** A valid event, the n-th: all its values differ from those of its neighbours. */
export function saleRecord(n: number): StoredRecord {
  const event = {
    event_time: new Date(NOON_MS + n * 1000).toISOString().slice(0, 19).replace('T', ' '),
    store_id: n % 7,
    product_id: `Product ${n}`,
    category: 'Books',
    transaction_type: 'SALE',
    quantity: n + 1,
    unit_price: n + 0.25,
  };
  return recordOf(JSON.stringify(event), n);
}

/** The valid events `[from, to)`. */
export function salesOf(from: number, to: number): StoredRecord[] {
  return Array.from({ length: to - from }, (_, index) => saleRecord(from + index));
}

/** A record that is no event, the n-th. */
export function poisonRecord(n: number): StoredRecord {
  return recordOf(`poison ${n}`, n);
}

/** The Lambda event that brings these records, as the trigger builds it. */
export function kafkaEventOf(records: readonly SourceRecord[]): KafkaEvent {
  const slices: Record<string, KafkaEventRecord[]> = {};
  for (const record of records) {
    const name = `${record.topic}-${record.partition}`;
    slices[name] = [...(slices[name] ?? []), toEventRecord(record)];
  }
  return { eventSource: 'aws:kafka', bootstrapServers: 'b:9092', records: slices };
}

function toEventRecord(record: SourceRecord): KafkaEventRecord {
  const { topic, partition, offset, timestamp, key, value, headers } = record;
  return {
    topic,
    partition,
    offset,
    timestamp,
    timestampType: 'LOG_APPEND_TIME',
    ...(key !== null && { key: key.toString('base64') }),
    value: value === null ? null : value.toString('base64'),
    headers: headers.map(([name, bytes]) => ({ [name]: Array.from(bytes ?? [], (byte) => (byte << 24) >> 24) })),
  };
}

function recordOf(value: string, n: number): StoredRecord {
  return { key: Buffer.from(`key ${n}`), value: Buffer.from(value), headers: [], timestamp: NOON_MS + n * 1000 };
}
