import { setTimeout as wait } from 'node:timers/promises';
import { createKafka } from '@tidemark/platform/kafka/client';
import { hasErrorType } from '@tidemark/platform/kafka/kafkajs-errors';
import type { Admin } from 'kafkajs';

/** A topic as we want it. */
export interface Topic {
  topic: string;
  partitions: number;
  /** Topic-level settings, such as `retention.ms`; they are added to {@link TOPIC_CONFIG}. */
  config?: Readonly<Record<string, string>>;
}

/** With CreateTime, retention deletes replayed records of 2010 within seconds (design rule 5). */
export const TOPIC_CONFIG = { 'message.timestamp.type': 'LogAppendTime' } as const;

/** Creates the topics that are missing and leaves the others as they are. Returns the names of those it created. */
export async function createTopics(brokers: string, topics: readonly Topic[]): Promise<string[]> {
  const admin = createKafka({ brokers: brokers.split(','), clientId: 'tidemark-topics' }).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ topic }) => !existing.has(topic));
    await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map(({ topic, partitions, config }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: Object.entries({ ...TOPIC_CONFIG, ...config }).map(([name, value]) => ({ name, value })),
      })),
    });
    const names = missing.map(({ topic }) => topic);
    await waitForLeaders(admin, names);
    return names;
  } finally {
    await admin.disconnect();
  }
}

const LEADER_DEADLINE_MS = 30_000;
const NOT_YET = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'];

/**
 * Waits until new topics can be used. kafkajs's own `waitForLeaders` gives up where a broker has not heard of the topic
 * yet, which a busy machine shows (2.2.4).
 */
export async function waitForLeaders(admin: Admin, topics: string[]): Promise<void> {
  if (topics.length === 0) return;
  const deadlineMs = Date.now() + LEADER_DEADLINE_MS;
  for (;;) {
    try {
      await admin.fetchTopicMetadata({ topics });
      return;
    } catch (error) {
      if (!hasErrorType(error, ...NOT_YET) || Date.now() > deadlineMs) throw error;
      await wait(50);
    }
  }
}
