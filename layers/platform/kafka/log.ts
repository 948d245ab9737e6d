import type { KafkaOptions } from './client.ts';
import { type Cluster, callKafka, createCluster } from './cluster.ts';
import { type FetchRequest, fetchPartition } from './fetch.ts';
import { fetchCommittedOffsets, listPartitionOffsets, type PartitionOffsets } from './offsets.ts';
import type { KafkaRecord } from './record-batch.ts';
import { readTimestampSource, type TimestampSource } from './topic-config.ts';

export { KafkaUnavailable, OffsetOutOfRange, UnknownTopic } from './log-errors.ts';
export type { PartitionOffsets } from './offsets.ts';
export type { KafkaRecord } from './record-batch.ts';
export type { TimestampSource } from './topic-config.ts';

/** Consecutive committed records, and how far the reader has come. */
export interface LogChunk {
  records: KafkaRecord[];
  /** The first offset that is not read yet; control and aborted records count as read though they are not given. */
  nextOffset: number;
}

/** A range of one partition: from is inclusive, to exclusive. */
export interface LogRange {
  topic: string;
  partition: number;
  from: number;
  to: number;
  signal?: AbortSignal;
}

/**
 * Kafka as the batch layer sees it: ranges of offsets, without a consumer group.
 *
 * Every call sits out an outage or a change of leader. Errors: `KafkaUnavailable` after `timeoutMs` without progress;
 * `UnknownTopic`; kafkajs's own errors where trying again cannot help.
 */
export interface KafkaLog {
  offsets(topic: string): Promise<PartitionOffsets[]>;
  /** The next offset of the group by partition; no entry, no commit yet. */
  committed(groupId: string, topic: string): Promise<Map<number, number>>;
  /**
   * Reads exactly the committed records of the range and ends when `nextOffset` is `to`. The next chunk is on its way
   * while the caller works on the last. Errors: `OffsetOutOfRange` when the log does not hold `from` or loses a part
   * of the range meanwhile; the signal's reason.
   */
  read(range: LogRange): AsyncIterable<LogChunk>;
  /** The first committed record at or after the offset; undefined when there is none below the last stable offset. */
  recordAt(topic: string, partition: number, offset: number): Promise<KafkaRecord | undefined>;
  /** As the topic is configured now; records that are older may have the other. */
  timestampSource(topic: string): Promise<TimestampSource>;
  close(): Promise<void>;
}

const MAX_FETCH_BYTES = 4 * 1024 * 1024;
/** Enough for one record: the broker sends at least one whole batch. */
const MIN_FETCH_BYTES = 1;

/** Opens the log; connects at the first call. `timeoutMs` bounds every call and every wait for the next chunk. */
export function openKafkaLog({ timeoutMs = 60_000, ...options }: KafkaOptions & { timeoutMs?: number }): KafkaLog {
  const cluster = createCluster(options);
  const offsets = (topic: string) =>
    callKafka(cluster, topic, { timeoutMs }, () => listPartitionOffsets(cluster, topic));
  const read = (range: LogRange, maxBytes: number) => readRange(cluster, range, maxBytes, timeoutMs);
  return {
    offsets,
    committed: (groupId, topic) =>
      callKafka(cluster, topic, { timeoutMs }, () => fetchCommittedOffsets(cluster, groupId, topic)),
    read: (range) => read(range, MAX_FETCH_BYTES),
    recordAt: async (topic, partition, offset) => {
      const bounds = (await offsets(topic)).find((each) => each.partition === partition);
      if (!bounds) return undefined;
      const range = { topic, partition, from: Math.max(offset, bounds.logStart), to: bounds.lastStable };
      for await (const { records } of read(range, MIN_FETCH_BYTES)) if (records[0]) return records[0];
      return undefined;
    },
    timestampSource: (topic) => callKafka(cluster, topic, { timeoutMs }, () => readTimestampSource(cluster, topic)),
    close: () => cluster.disconnect(),
  };
}

async function* readRange(cluster: Cluster, range: LogRange, maxBytes: number, timeoutMs: number) {
  const { topic, partition, from, to } = range;
  if (from >= to) return;
  range.signal?.throwIfAborted();
  const stop = new AbortController();
  const signal = range.signal ? AbortSignal.any([range.signal, stop.signal]) : stop.signal;
  const aborted = rejectOnAbort(signal);
  const fetchChunk = (offset: number) => {
    const request = { topic, partition, offset, maxBytes };
    const chunk = callKafka(cluster, topic, { signal, timeoutMs }, () => readChunk(cluster, request, to));
    chunk.catch(() => {}); // its error surfaces where it is awaited; a caller that stops early never does
    return chunk;
  };
  try {
    let upcoming = fetchChunk(from);
    for (let isDone = false; !isDone; ) {
      const chunk = await Promise.race([upcoming, aborted]);
      isDone = chunk.nextOffset >= to;
      if (!isDone) upcoming = fetchChunk(chunk.nextOffset);
      yield chunk;
    }
  } finally {
    stop.abort();
  }
}

async function readChunk(cluster: Cluster, request: FetchRequest, to: number): Promise<LogChunk> {
  const { batches } = await fetchPartition(cluster, request);
  const records = batches.flatMap((batch) => batch.records);
  const isWanted = ({ offset }: KafkaRecord) => offset >= request.offset && offset < to;
  const nextOffset = Math.min(to, batches.at(-1)?.nextOffset ?? request.offset);
  return { records: records.filter(isWanted), nextOffset };
}

/** Never resolves; its rejection counts only where it is raced. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  aborted.catch(() => {});
  return aborted;
}
