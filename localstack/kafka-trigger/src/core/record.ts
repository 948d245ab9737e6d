/** How the broker stamped a record, spelled as the Lambda event spells it. */
export type TimestampType = 'CREATE_TIME' | 'LOG_APPEND_TIME';

/** One Kafka record as it waits in the trigger: raw bytes, with what batching needs to know about it. */
export interface KafkaRecord {
  offset: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  timestampType: TimestampType;
  key: Buffer | null;
  /** Null is a tombstone; an empty value is an empty buffer. */
  value: Buffer | null;
  /** In the order they were produced; a key may repeat. */
  headers: readonly RecordHeader[];
  /** Serialised size inside the Lambda event, in UTF-8 bytes, without the separating comma. */
  eventBytes: number;
  /** When the trigger read it: batching windows open with it. */
  arrivedAtMs: number;
}

export type RecordHeader = readonly [key: string, value: Buffer | null];
