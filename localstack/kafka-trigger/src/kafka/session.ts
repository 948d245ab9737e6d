import type { CommittedMessage } from '@tidemark/platform/kafka/aborted-transactions';
import type { Consumer, Kafka } from 'kafkajs';
import type { TopicPartition } from '../core/batcher.ts';

/** What a session tells its owner; all calls are synchronous and in order per partition. */
export interface SessionHandlers {
  /** Continuous: the member was in the group all along, so partitions it keeps were nobody else's meanwhile. */
  onAssigned(partitions: readonly TopicPartition[], isContinuous: boolean): void;
  /** A fetch brought messages, perhaps none, for offsets below `nextOffset`; the log goes on to `endOffset`. */
  onFetched(fetched: FetchedMessages): void;
}

export interface FetchedMessages extends TopicPartition {
  messages: readonly CommittedMessage[];
  nextOffset: number;
  endOffset: number;
}

export interface SessionOptions {
  groupId: string;
  topics: readonly string[];
  sessionTimeoutMs: number;
}

/** One membership in a consumer group, from joining to its end. */
export interface Session {
  /** Resolves when the session is over: with the error that ended it, or nothing after `close`. */
  readonly ended: Promise<Error | undefined>;
  /** Commits `offset` as the next one to read of each partition. */
  commit(offsets: readonly (TopicPartition & { offset: number })[]): Promise<void>;
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /** Leaves the group. */
  close(): Promise<void>;
}

/** A partition that was paused is fetched again after this long at the latest; also bounds how late heartbeats are. */
const MAX_FETCH_WAIT_MS = 100;
const HEARTBEAT_INTERVAL_MS = 1_000;
/** Partitions that are added to the topic are read after this long. */
const METADATA_MAX_AGE_MS = 5_000;

/**
 * Joins the group and hands over what it fetches; rejects if the brokers or the topic cannot be reached. Handlers never
 * block fetching or heartbeats: back-pressure is by `pause`. A crashed consumer ends the session instead of restarting
 * by itself, so that its owner decides when, and every restart begins from the committed offsets.
 */
export async function openSession(kafka: Kafka, options: SessionOptions, handlers: SessionHandlers): Promise<Session> {
  const consumer = kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    maxWaitTimeInMs: MAX_FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: async () => false },
  });
  const ended = new Promise<Error | undefined>((resolve) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
    consumer.on(consumer.events.DISCONNECT, () => resolve(undefined));
  });
  announceAssignments(consumer, handlers);
  announceEmptyFetches(consumer, handlers);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      // Fetching goes on whatever the function does: records wait in memory, and only the function's success commits.
      eachBatchAutoResolve: true,
      partitionsConsumedConcurrently: 1,
      eachBatch: async ({ batch }) => {
        handlers.onFetched({
          topic: batch.topic,
          partition: batch.partition,
          // `createClient` replaces kafkajs's decoder, which loses the order of headers and the kind of timestamp.
          messages: batch.messages as CommittedMessage[],
          nextOffset: Number(batch.lastOffset()) + 1,
          endOffset: Number(batch.highWatermark),
        });
      },
    });
  } catch (error) {
    await consumer.disconnect();
    throw error;
  }
  return {
    ended,
    commit: (offsets) => consumer.commitOffsets(offsets.map((each) => ({ ...each, offset: String(each.offset) }))),
    pause: ({ topic, partition }) => consumer.pause([{ topic, partitions: [partition] }]),
    resume: ({ topic, partition }) => consumer.resume([{ topic, partitions: [partition] }]),
    close: () => consumer.disconnect(),
  };
}

function announceAssignments(consumer: Consumer, handlers: SessionHandlers): void {
  let memberId: string | undefined;
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const partitions = Object.entries(payload.memberAssignment).flatMap(([topic, numbers]) =>
      numbers.map((partition) => ({ topic, partition })),
    );
    // kafkajs keeps a partition paused though it was lost and came back.
    consumer.resume(Object.keys(payload.memberAssignment).map((topic) => ({ topic })));
    handlers.onAssigned(partitions, payload.memberId === memberId);
    memberId = payload.memberId;
  });
}

/** Fetches of control records or aborted ones alone never reach `eachBatch`, yet the offsets move on. */
function announceEmptyFetches(consumer: Consumer, handlers: SessionHandlers): void {
  consumer.on(consumer.events.START_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize > 0) return;
    handlers.onFetched({
      topic: payload.topic,
      partition: payload.partition,
      messages: [],
      nextOffset: Number(payload.lastOffset) + 1,
      endOffset: Number(payload.highWatermark),
    });
  });
}
