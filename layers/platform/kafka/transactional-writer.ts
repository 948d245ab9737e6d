import { setTimeout as sleep } from 'node:timers/promises';
import { CompressionTypes, type Message, type Producer, type Transaction } from 'kafkajs';
import { createKafka, createProducer, type KafkaOptions } from './client.ts';
import { type Cluster, callKafka, createCluster } from './cluster.ts';
import { hasErrorType, isWorthRetrying } from './kafkajs-errors.ts';
import { KafkaUnavailable, WriterFenced } from './log-errors.ts';
import { fetchProgress, type Progress } from './offsets.ts';
import { groupByPartition, type OutgoingRecord, splitIntoSends } from './outgoing-records.ts';

export { WriterFenced } from './log-errors.ts';
export type { Progress } from './offsets.ts';
export type { OutgoingRecord } from './outgoing-records.ts';

/** Where a record was written; undefined where Kafka has stored it and its answer was lost. */
export type WrittenAt = { readonly partition: number; readonly offset: number } | undefined;

/**
 * Writes records to one topic in transactions that carry the writer's own progress: both become visible together, or
 * neither does. One writer of an id at a time: opening another ends what the first has not committed, and the first
 * learns it by {@link WriterFenced} at its next write.
 */
export interface TransactionalWriter {
  /** What the last committed transaction of this id said; undefined where there is none, or Kafka has forgotten it. */
  readonly progress: Progress | undefined;
  /**
   * Commits the records with the progress, whose `position` must be above the last one. Resolved means committed.
   *
   * @returns where each record lies, in their order
   * @throws WriterFenced; KafkaUnavailable, where only opening the writer again tells whether it is committed
   */
  write(records: readonly OutgoingRecord[], progress: Progress): Promise<WrittenAt[]>;
  close(): Promise<void>;
}

export type OpenTransactionalWriter = (id: string, topic: string) => Promise<TransactionalWriter>;

/** A writer that dies inside a transaction holds back the topic's readers no longer than this, and 10 s more. */
const TRANSACTION_TIMEOUT_MS = 15_000;
const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 1_000;

/**
 * Opens the writer of this id, which is its transactional id and the consumer group that keeps its progress (on
 * partition 0 of the topic, the note in the offset's metadata, of at most 4 KB). Kafka forgets the progress of a group
 * that has been silent for `offsets.retention.minutes`, by default 7 days, or whose topic was deleted.
 *
 * @throws KafkaUnavailable after `timeoutMs` without an answer, UnknownTopic
 */
export async function openTransactionalWriter(
  { timeoutMs = 60_000, ...options }: KafkaOptions & { timeoutMs?: number },
  id: string,
  topic: string,
): Promise<TransactionalWriter> {
  const cluster = createCluster(options);
  let session = await openSession();
  let progress = session.progress;

  /** Fences every other writer of the id and waits until what they began is committed or aborted; then reads. */
  async function openSession(): Promise<Session> {
    return callKafka(cluster, topic, { timeoutMs }, async () => {
      const producer = createProducer(createKafka(options), {
        transactionalId: id,
        transactionTimeout: TRANSACTION_TIMEOUT_MS,
      });
      try {
        await producer.connect();
        // kafkajs takes its epoch at the first transaction; one without records ends without a word to the broker.
        await (await producer.transaction()).abort();
        return { producer, progress: await fetchProgress(cluster, id, topic) };
      } catch (error) {
        await producer.disconnect().catch(() => {}); // the error above is the one that counts
        throw error;
      }
    });
  }

  async function reopen(before: Progress | undefined, target: Progress): Promise<'committed' | 'not committed'> {
    await session.producer.disconnect().catch(() => {}); // broken already: that is why it is replaced
    session = await openSession();
    progress = session.progress;
    if (isSame(progress, target)) return 'committed';
    if (isSame(progress, before)) return 'not committed';
    const [committed, known] = [progress?.position, before?.position];
    throw new WriterFenced(id, new Error(`position ${committed} is committed, and this writer knows of ${known}`));
  }

  return {
    get progress() {
      return progress;
    },
    async write(records, target) {
      const before = progress;
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        try {
          const written = await commitOnce(session.producer, cluster, { id, topic, records, progress: target });
          progress = target;
          return written;
        } catch (error) {
          if (isFenced(error)) throw new WriterFenced(id, error);
          if (!isWorthRetrying(error)) throw error;
          if (Date.now() > deadline) throw new KafkaUnavailable(`${id} could not commit for ${timeoutMs} ms`, error);
        }
        if ((await reopen(before, target)) === 'committed') return records.map(() => undefined);
      }
    },
    async close() {
      await Promise.all([session.producer.disconnect(), cluster.disconnect()]);
    },
  };
}

interface Session {
  readonly producer: Producer;
  readonly progress: Progress | undefined;
}

interface Write {
  readonly id: string;
  readonly topic: string;
  readonly records: readonly OutgoingRecord[];
  readonly progress: Progress;
}

async function commitOnce(producer: Producer, cluster: Cluster, write: Write): Promise<WrittenAt[]> {
  const { id, topic, records, progress } = write;
  const transaction = await producer.transaction();
  try {
    const written = await sendRecords(transaction, cluster, topic, records);
    const partitions = [{ partition: 0, offset: String(progress.position), metadata: progress.note }];
    await whileConcurrent(() => transaction.sendOffsets({ consumerGroupId: id, topics: [{ topic, partitions }] }));
    await transaction.commit();
    return written;
  } catch (error) {
    // Readers of the topic wait for the end of what was begun. Where that fails too, opening the id again ends it.
    if (transaction.isActive()) await transaction.abort().catch(() => {});
    throw error;
  }
}

async function sendRecords(
  transaction: Transaction,
  cluster: Cluster,
  topic: string,
  records: readonly OutgoingRecord[],
): Promise<WrittenAt[]> {
  const partitions = cluster.findTopicPartitionMetadata(topic);
  const written: WrittenAt[] = records.map(() => undefined);
  // One partition a send: when a leader moves during a send over several brokers, kafkajs (2.2.4) counts the moved part
  // as acknowledged.
  for (const [partition, indexes] of groupByPartition(topic, records, partitions)) {
    for (const send of splitIntoSends(indexes, records)) {
      const messages = send.indexes.map((index) => toMessage(records[index], partition));
      const compression = send.isLarge ? CompressionTypes.GZIP : CompressionTypes.None;
      const [answer] = await whileConcurrent(() => transaction.send({ topic, messages, compression, acks: -1 }));
      const base = Number(answer?.baseOffset ?? -1);
      for (const [at, index] of send.indexes.entries()) {
        if (base >= 0) written[index] = { partition, offset: base + at };
      }
    }
  }
  return written;
}

function toMessage(record: OutgoingRecord | undefined, partition: number): Message {
  if (record === undefined) throw new Error('a record is missing from its own list');
  const headers: Record<string, Buffer[]> = {};
  // kafkajs cannot write a header without a value; an empty one is what both layers read from such a header anyway.
  for (const [name, value] of record.headers) {
    headers[name] = [...(headers[name] ?? []), value ?? Buffer.alloc(0)];
  }
  return { partition, key: record.key, value: record.value, headers };
}

/**
 * Repeats what is refused because the broker is still writing the markers of the transaction before: nothing of the
 * call has happened then. kafkajs does so only while it takes its epoch.
 */
async function whileConcurrent<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + TRANSACTION_TIMEOUT_MS;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!hasErrorType(error, 'CONCURRENT_TRANSACTIONS') || Date.now() > deadline) throw error;
    }
    await sleep(delayMs);
  }
}

/** The first three: another has taken the id. The others: the transaction outlived its timeout and was aborted. */
const FENCED = [
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'TRANSACTION_COORDINATOR_FENCED',
  'INVALID_TXN_STATE',
  'INVALID_PRODUCER_ID_MAPPING',
];

function isFenced(error: unknown): boolean {
  return hasErrorType(error, ...FENCED);
}

function isSame(a: Progress | undefined, b: Progress | undefined): boolean {
  return a?.position === b?.position && a?.note === b?.note;
}
