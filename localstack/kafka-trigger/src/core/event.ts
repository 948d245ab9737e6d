import type { KafkaRecord, RecordHeader, TimestampType } from './record.ts';

/** Where a mapping reads from, as far as the event tells it. */
export type EventSource =
  | { kind: 'msk'; eventSourceArn: string; bootstrapServers: string }
  | { kind: 'self-managed'; bootstrapServers: string };

/** The records of one partition in a batch, in offset order. */
export interface PartitionSlice {
  topic: string;
  partition: number;
  records: readonly KafkaRecord[];
}

/**
 * The event that Lambda hands to a function for a batch of Kafka records. Keys of `records` are `topic-partition`.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html#msk-sample-event (2026-11).
 */
export interface LambdaKafkaEvent {
  eventSource: 'aws:kafka' | 'SelfManagedKafka';
  eventSourceArn?: string;
  /** Comma-separated. */
  bootstrapServers: string;
  records: Record<string, LambdaKafkaRecord[]>;
}

export interface LambdaKafkaRecord {
  topic: string;
  partition: number;
  offset: number;
  timestamp: number;
  timestampType: TimestampType;
  /** Base64; absent where the record has no key, as in the sample of the page on filtering. */
  key?: string;
  /** Base64; null for a tombstone, '' for an empty value. */
  value: string | null;
  /** One object a header, in order; its value as signed bytes (-128 to 127). */
  headers: Record<string, number[]>[];
}

/** Builds the Lambda event of a batch; slices are of distinct partitions. */
export function buildEvent(source: EventSource, slices: readonly PartitionSlice[]): LambdaKafkaEvent {
  const records = Object.fromEntries(
    slices.map((slice) => [topicPartition(slice.topic, slice.partition), slice.records.map((r) => toLambda(slice, r))]),
  );
  return { ...eventEnvelope(source), records };
}

/** The event without its records. */
export function eventEnvelope(source: EventSource): Omit<LambdaKafkaEvent, 'records'> {
  return source.kind === 'msk'
    ? {
        eventSource: 'aws:kafka',
        eventSourceArn: source.eventSourceArn,
        bootstrapServers: source.bootstrapServers,
      }
    : { eventSource: 'SelfManagedKafka', bootstrapServers: source.bootstrapServers };
}

/** The name that the event, the logs and partial responses give a partition. */
export function topicPartition(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}

function toLambda({ topic, partition }: PartitionSlice, record: KafkaRecord): LambdaKafkaRecord {
  return {
    topic,
    partition,
    offset: record.offset,
    timestamp: record.timestamp,
    timestampType: record.timestampType,
    ...(record.key === null ? undefined : { key: record.key.toString('base64') }),
    value: record.value === null ? null : record.value.toString('base64'),
    headers: record.headers.length === 0 ? [] : record.headers.map(toSignedHeader),
  };
}

function toSignedHeader([key, value]: RecordHeader): Record<string, number[]> {
  return { [key]: value === null ? [] : Array.from(value, (byte) => (byte << 24) >> 24) };
}
