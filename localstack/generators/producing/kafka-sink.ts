import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import { CommandError } from './command-error.ts';
import type { Message } from './message.ts';
import type { MessageSink } from './run-producer.ts';

export interface KafkaSink extends MessageSink {
  close(): Promise<void>;
}

export interface KafkaSinkOptions {
  readonly brokers: readonly string[];
  /** They must exist: the stack creates them, with their settings. */
  readonly topics: readonly string[];
  /** Takes a line about Kafka's absence and return. */
  readonly note: (line: string) => void;
}

/** A round trip takes milliseconds, a restart of the local broker two seconds. */
const QUIET_MS = 2_000;

/**
 * Connects to Kafka. The connection and each send outlive any outage: they wait, say so, and go on. A batch is
 * acknowledged by all replicas, and kafkajs's own retries, about a minute of them, store no record twice.
 *
 * @throws CommandError if a topic is missing
 */
export async function openKafkaSink({ brokers, topics, note }: KafkaSinkOptions): Promise<KafkaSink> {
  const name = `Kafka at ${brokers.join(',')}`;
  const kafka = createKafka({ brokers, clientId: 'tidemark-producer' });
  const producer = createProducer(kafka);

  const missing = await persist(() => findMissing(kafka, topics), name, note);
  if (missing.length > 0) {
    throw new CommandError(`${name} has no topic ${missing.join(', ')}: npm start creates it.`);
  }
  await persist(() => producer.connect(), name, note);
  return {
    send: (messages) => persist(() => sendByTopic(producer, messages), name, note),
    close: () => producer.disconnect(),
  };
}

async function findMissing(kafka: Kafka, topics: readonly string[]): Promise<string[]> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = await admin.listTopics();
    return topics.filter((topic) => !existing.includes(topic));
  } finally {
    await admin.disconnect();
  }
}

async function sendByTopic(producer: Producer, messages: readonly Message[]): Promise<void> {
  const byTopic = new Map<string, Message[]>();
  for (const message of messages) {
    const ofTopic = byTopic.get(message.topic);
    if (ofTopic) ofTopic.push(message);
    else byTopic.set(message.topic, [message]);
  }
  await producer.sendBatch({
    acks: -1,
    topicMessages: Array.from(byTopic, ([topic, ofTopic]) => ({ topic, messages: ofTopic })),
  });
}

async function persist<T>(attempt: () => Promise<T>, name: string, note: (line: string) => void): Promise<T> {
  let isWaiting = false;
  const quiet = setTimeout(() => {
    isWaiting = true;
    note(`${name} does not answer: waiting for it`);
  }, QUIET_MS);
  try {
    const result = await retryThroughOutage(attempt);
    if (isWaiting) note(`${name} answers again`);
    return result;
  } finally {
    clearTimeout(quiet);
  }
}

/** What kafkajs wraps as "retries exceeded" was worth retrying; everything else is final. */
async function retryThroughOutage<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof kafkajs.KafkaJSNumberOfRetriesExceeded)) throw error;
    }
  }
}
