import { type EventSource, eventEnvelope, type PartitionSlice, topicPartition } from './event.ts';
import type { KafkaRecord, RecordHeader } from './record.ts';

/**
 * Lambda's limit for a synchronous payload, which also closes a batch.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html (6 MB, 2026-11).
 */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/** Bytes of the serialised event around its records: everything but what `partitionBytes` and the records add. */
export function envelopeBytes(source: EventSource): number {
  return utf8Json({ ...eventEnvelope(source), records: {} });
}

/** Bytes of the serialised event of these slices. */
export function measureEvent(source: EventSource, slices: readonly PartitionSlice[]): number {
  // No comma before the first partition, and none before the first record of each.
  let bytes = envelopeBytes(source) - 1;
  for (const { topic, partition, records } of slices) {
    bytes += partitionBytes(topic, partition) - 1;
    for (const { eventBytes } of records) bytes += eventBytes + 1;
  }
  return bytes;
}

/** Bytes that a partition adds to the serialised event beside its records: `"topic-0":[]` and a comma. */
export function partitionBytes(topic: string, partition: number): number {
  return utf8Json(topicPartition(topic, partition)) + ':[],'.length;
}

/** Bytes that every record of a partition has in common in the serialised event. */
export function recordFrameBytes(topic: string, partition: number): number {
  return utf8Json({ topic, partition }) + ',"offset":,"timestamp":,"timestampType":"","value":,"headers":[]'.length;
}

/**
 * Bytes of one record in the serialised event, by arithmetic: serialising every record merely to measure it would cost
 * more than building the event. `frameBytes` is its partition's `recordFrameBytes`.
 */
export function recordBytes(record: Omit<KafkaRecord, 'eventBytes' | 'arrivedAtMs'>, frameBytes: number): number {
  return (
    frameBytes +
    integerBytes(record.offset) +
    integerBytes(record.timestamp) +
    record.timestampType.length +
    (record.key === null ? 0 : ',"key":'.length + base64Bytes(record.key)) +
    (record.value === null ? 'null'.length : base64Bytes(record.value)) +
    headersBytes(record.headers)
  );
}

/** Decimal digits, with the sign, of each byte read as a signed one. */
const SIGNED_BYTE_LENGTHS = Uint8Array.from({ length: 256 }, (_, byte) => String((byte << 24) >> 24).length);

function base64Bytes(bytes: Buffer): number {
  return 2 + 4 * Math.ceil(bytes.length / 3);
}

function headersBytes(headers: readonly RecordHeader[]): number {
  let bytes = Math.max(0, headers.length - 1);
  for (const [key, value] of headers) bytes += utf8Json(key) + '{:[]}'.length + signedBytes(value);
  return bytes;
}

function signedBytes(value: Buffer | null): number {
  if (value === null || value.length === 0) return 0;
  let bytes = value.length - 1;
  for (const byte of value) bytes += SIGNED_BYTE_LENGTHS[byte] ?? 0;
  return bytes;
}

function integerBytes(value: number): number {
  if (value < 0) return String(value).length;
  let digits = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits += 1;
  return digits;
}

function utf8Json(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
