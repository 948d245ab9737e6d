import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { Stream } from '@tidemark/domains/stream';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import type { Kafka } from 'kafkajs';
import { disturb } from '../../localstack/generators/producing/disturb.ts';
import { type Message, toMessages } from '../../localstack/generators/producing/message.ts';
import { retailEventsGenerator } from '../../localstack/generators/retail_events/generator.ts';
import { userEventsGenerator } from '../../localstack/generators/user_events/generator.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;
/** The load is a week: seven days of Parquet files, 168 hours of trend. */
export const LOAD_DAYS = 7;

const BATCH_MESSAGES = 1_000;
const SEED = 1;

/** How long the broker keeps the transaction of the load open; 15 minutes is its own limit. */
const TRANSACTION_TIMEOUT_MS = 10 * 60 * 1000;

const USERS = 10_000;

/** A week of sales that ends at `untilMs`. */
export function makeRetailLoad(events: number, untilMs: number): Iterator<Message> {
  const range = { fromMs: untilMs - LOAD_DAYS * DAY_MS, untilMs };
  return toMessages(retailEventsGenerator.generateHistory({ ...range, seed: SEED, count: events }));
}

/** A week of user events that ends at `untilMs`; of the records 5% are repeats, 5% late and 1% poison. Of one seed the ids are the same. */
export function makeUserLoad(events: number, untilMs: number, seed = SEED): Iterator<Message> {
  const range = { fromMs: untilMs - LOAD_DAYS * DAY_MS, untilMs };
  const history = userEventsGenerator.generateHistory({ ...range, seed, users: USERS, count: events });
  return disturb(history, seed, { latePercent: 5, duplicatePercent: 5, poisonPercent: 1 });
}

export interface WaitingLoad {
  readonly bytesPerEvent: number;
  /** Makes all of it visible to consumers, at once. */
  release(): Promise<void>;
}

export interface LoadInput {
  readonly stream: Stream;
  readonly messages: Iterator<Message>;
  /** Records to take from them. */
  readonly events: number;
  readonly note: (stored: number) => void;
}

/**
 * Stores events in the stream's topic inside an open transaction: they are in the log, and nobody reads them before
 * `release`. So delivery begins with all of them waiting, and the trigger runs as ever.
 */
export async function storeWaitingLoad(
  kafka: Kafka,
  { stream, messages, events, note }: LoadInput,
): Promise<WaitingLoad> {
  const producer = kafka.producer({
    transactionalId: `tidemark-bench-${stream.name}`,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  let bytes = 0;
  for (let stored = 0; stored < events; ) {
    const batch = takeMessages(messages, Math.min(BATCH_MESSAGES, events - stored));
    if (batch.length === 0) throw new Error(`the generator ended after ${stored} events`);
    await transaction.send({ topic: stream.topic, messages: batch });
    for (const { value } of batch) bytes += value?.length ?? 0;
    stored += batch.length;
    note(stored);
  }
  return {
    bytesPerEvent: Math.round(bytes / events),
    async release() {
      await transaction.commit();
      await producer.disconnect();
    },
  };
}

/** Produces live events at a steady pace, a few at a time, each acknowledged before the next. */
export async function produceSteadily(
  kafka: Kafka,
  { ratePerSecond, durationMs, signal }: { ratePerSecond: number; durationMs: number; signal: AbortSignal },
): Promise<number> {
  const producer = createProducer(kafka);
  await producer.connect();
  const messages = toMessages(retailEventsGenerator.generateLive({ seed: SEED, now: Date.now }));
  const startedAtMs = performance.now();
  let produced = 0;
  for (;;) {
    signal.throwIfAborted();
    const elapsedMs = performance.now() - startedAtMs;
    const due = Math.floor((Math.min(elapsedMs, durationMs) / 1000) * ratePerSecond) - produced;
    if (due > 0) await producer.send({ topic: retailEvents.topic, messages: takeMessages(messages, due) });
    produced += Math.max(due, 0);
    if (elapsedMs >= durationMs) break;
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  await producer.disconnect();
  return produced;
}

/** 500 events a second go out five at a time. */
const PACE_MS = 10;

export function connectKafka(brokers: string): Kafka {
  return createKafka({ brokers: brokers.split(','), clientId: 'tidemark-bench' });
}

/** The next messages, fewer where they end. */
export function takeMessages(messages: Iterator<Message>, count: number): Message[] {
  const taken: Message[] = [];
  while (taken.length < count) {
    const next = messages.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}
