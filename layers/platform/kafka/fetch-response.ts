import { type AbortedTransaction, decodeRecordBatches, type FetchedBatch } from './record-batch.ts';
import { WireReader } from './wire-reader.ts';

/** What one fetch says about one partition. */
export interface FetchedPartition {
  topic: string;
  partition: number;
  /** Kafka's error code; 0 is none. */
  errorCode: number;
  highWatermark: number;
  lastStableOffset: number;
  logStartOffset: number;
  /** -1, or the replica the broker would rather have us read from. */
  preferredReadReplica: number;
  batches: FetchedBatch[];
}

export interface FetchResponse {
  throttleTimeMs: number;
  errorCode: number;
  sessionId: number;
  partitions: FetchedPartition[];
}

/**
 * Decodes the answer to a Fetch request of version 11 (Kafka 2.3 and newer), read-committed.
 *
 * Source: https://kafka.apache.org/43/design/protocol/#The_Messages_Fetch
 */
export function decodeFetchResponse(payload: Buffer): FetchResponse {
  const reader = new WireReader(payload);
  return {
    throttleTimeMs: reader.readInt32(),
    errorCode: reader.readInt16(),
    sessionId: reader.readInt32(),
    partitions: reader.readArray(() => readTopic(reader)).flat(),
  };
}

function readTopic(reader: WireReader): FetchedPartition[] {
  const topic = reader.readString();
  return reader.readArray(() => readPartition(reader, topic));
}

function readPartition(reader: WireReader, topic: string): FetchedPartition {
  const partition = reader.readInt32();
  const header = {
    errorCode: reader.readInt16(),
    highWatermark: reader.readInt64(),
    lastStableOffset: reader.readInt64(),
    logStartOffset: reader.readInt64(),
  };
  const aborted = reader.readArray(() => readAbortedTransaction(reader));
  const preferredReadReplica = reader.readInt32();
  const batches = decodeRecordBatches(topic, partition, reader.readBytes(), aborted);
  return { topic, partition, ...header, preferredReadReplica, batches };
}

function readAbortedTransaction(reader: WireReader): AbortedTransaction {
  return { producerId: reader.readInt64(), firstOffset: reader.readInt64() };
}
