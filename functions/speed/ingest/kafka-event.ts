import type { SourceRecord } from '@tidemark/domains/outcome';

/**
 * What Lambda hands to the target of a Kafka event source mapping.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
 */
export interface KafkaEvent {
  readonly eventSource: 'aws:kafka' | 'SelfManagedKafka';
  readonly bootstrapServers: string;
  /** By "topic-partition", in order of offset. */
  readonly records: Readonly<Record<string, readonly KafkaEventRecord[]>>;
}

export interface KafkaEventRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly timestampType: string;
  /** Base64. */
  readonly key?: string | null;
  /** Base64; null or absent for a tombstone. */
  readonly value?: string | null;
  /** One name per object; bytes from -128 to 127, or from 0 to 255. */
  readonly headers?: readonly Readonly<Record<string, readonly number[] | null>>[] | null;
}

/** The event's records, partition by partition, in order. */
export function* decodeRecords(event: KafkaEvent): Generator<SourceRecord> {
  for (const records of Object.values(event.records)) {
    for (const { topic, partition, offset, timestamp, key, value, headers } of records) {
      yield {
        topic,
        partition,
        offset,
        timestamp,
        key: decodeBase64(key),
        value: decodeBase64(value),
        headers: headers?.flatMap(decodeHeader) ?? NO_HEADERS,
      };
    }
  }
}

const NO_HEADERS: SourceRecord['headers'] = [];

function decodeBase64(text: string | null | undefined): Buffer | null {
  return text === null || text === undefined ? null : Buffer.from(text, 'base64');
}

function decodeHeader(header: Readonly<Record<string, readonly number[] | null>>) {
  return Object.entries(header).map(
    // Buffer.from takes each number modulo 256, which makes bytes of signed ones.
    ([name, bytes]) => [name, bytes === null ? null : Buffer.from(bytes)] as const,
  );
}
