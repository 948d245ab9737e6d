import { createKafka } from '@tidemark/platform/kafka/client';

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
      waitForLeaders: true,
      topics: missing.map(({ topic, partitions, config }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: Object.entries({ ...TOPIC_CONFIG, ...config }).map(([name, value]) => ({ name, value })),
      })),
    });
    return missing.map(({ topic }) => topic);
  } finally {
    await admin.disconnect();
  }
}
