import type { IHeaders, RecordBatchEntry } from 'kafkajs';
import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import { decodeFetchResponse, type FetchedPartition } from './fetch-response.ts';
import type { FetchedBatch, KafkaRecord } from './record-batch.ts';

/** A kafkajs message, and what kafkajs's own decoder loses. */
export interface CommittedMessage extends RecordBatchEntry {
  /** In the producer's order, repeats included; kafkajs's `headers` keeps neither across different keys. */
  orderedHeaders: KafkaRecord['headers'];
  timestampType: KafkaRecord['timestampType'];
}

/**
 * Makes every kafkajs consumer in this process read committed records only. A second call changes nothing.
 *
 * kafkajs steps into at most one aborted transaction per message, so that reading from inside two overlapping ones
 * yields aborted records; and it takes any record with the key 00000000 for an abort marker. This puts our decoder in
 * the place of kafkajs's: void batches become one control record, which kafkajs passes and drops. Messages are those
 * of kafkajs, and {@link CommittedMessage}. Needs brokers of Kafka 2.3 or newer.
 */
export function dropAbortedRecords(): void {
  fetchResponse.decode = decodeForKafkajs;
}

async function decodeForKafkajs(payload: { readAll(): Buffer } | Buffer): Promise<unknown> {
  const response = decodeFetchResponse(Buffer.isBuffer(payload) ? payload : payload.readAll());
  return {
    throttleTime: 0, // the broker has not waited: waiting is the client's part (KIP-219)
    clientSideThrottleTime: response.throttleTimeMs,
    errorCode: response.errorCode,
    sessionId: response.sessionId,
    responses: response.partitions.map((partition) => ({
      topicName: partition.topic,
      partitions: [toKafkajs(partition)],
    })),
  };
}

function toKafkajs(fetched: FetchedPartition) {
  return {
    partition: fetched.partition,
    errorCode: fetched.errorCode,
    highWatermark: String(fetched.highWatermark),
    lastStableOffset: String(fetched.lastStableOffset),
    lastStartOffset: String(fetched.logStartOffset),
    preferredReadReplica: fetched.preferredReadReplica,
    abortedTransactions: [],
    messages: fetched.batches.flatMap(toMessages),
  };
}

/** kafkajs passes offsets by the last message of a batch: where the batch's last offset has none, we add a marker. */
function toMessages({ records, nextOffset }: FetchedBatch) {
  const messages = records.map(toMessage);
  return records.at(-1)?.offset === nextOffset - 1 ? messages : [...messages, createMarker(nextOffset - 1)];
}

function toMessage(record: KafkaRecord): CommittedMessage & { isControlRecord: boolean } {
  return {
    attributes: 0,
    offset: String(record.offset),
    timestamp: String(record.timestamp),
    timestampType: record.timestampType,
    key: record.key,
    value: record.value,
    headers: groupHeaders(record.headers),
    orderedHeaders: record.headers,
    isControlRecord: false,
  };
}

function createMarker(offset: number) {
  return {
    attributes: 0,
    offset: String(offset),
    timestamp: '0',
    key: null,
    value: null,
    headers: {},
    isControlRecord: true,
  };
}

/** As kafkajs gives them: a key's repeats become an array. */
function groupHeaders(headers: KafkaRecord['headers']): IHeaders {
  const grouped = new Map<string, Buffer | null | (Buffer | null)[]>();
  for (const [key, value] of headers) {
    const present = grouped.get(key);
    grouped.set(key, present === undefined ? value : [present, value].flat());
  }
  // kafkajs's type knows no null values, its decoder and Kafka do
  return Object.fromEntries(grouped) as IHeaders;
}
