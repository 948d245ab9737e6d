import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import { createTransactionSource } from '../../localstack/generators/retail_events/transactions.ts';
import { keepRunning } from './keep-running.ts';

/** A producer that remembers what Kafka acknowledged to it. */
export interface SteadyProducer {
  /** The `event_id` of each acknowledged event. */
  readonly acknowledged: ReadonlySet<string>;
  /** Ends after the send under way. @throws what a send threw */
  stop(): Promise<void>;
}

const BATCHES_PER_SECOND = 10;

/** Sends retail events at a steady rate until it is stopped; through an outage of Kafka it waits and goes on. */
export async function startSteadyProducer(brokers: string, eventsPerSecond: number): Promise<SteadyProducer> {
  const producer = createProducer(createKafka({ brokers: [brokers], clientId: 'test-producer' }));
  const source = createTransactionSource(eventsPerSecond);
  const acknowledged = new Set<string>();
  await producer.connect();
  const sending = keepRunning(async () => {
    const pause = sleep(1000 / BATCHES_PER_SECOND);
    const events = Array.from({ length: eventsPerSecond / BATCHES_PER_SECOND }, () => ({
      ...source.next(Date.now()),
      event_id: randomUUID(),
    }));
    const messages = events.map((event) => ({ key: retailEvents.keyOf(event), value: JSON.stringify(event) }));
    await producer.send({ topic: retailEvents.topic, acks: -1, messages });
    for (const event of events) acknowledged.add(event.event_id);
    await pause;
  });
  return {
    acknowledged,
    stop: async () => {
      await sending.stop();
      await producer.disconnect();
    },
  };
}
