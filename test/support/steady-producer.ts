import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RetailEvent } from '@tidemark/domains/retail_events/event';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import { POISON_REASONS, poison } from '../../localstack/generators/producing/poison.ts';
import { createTransactionSource } from '../../localstack/generators/retail_events/transactions.ts';
import { keepRunning } from './keep-running.ts';

/** A producer that remembers what Kafka acknowledged to it. */
export interface SteadyProducer {
  /** The `event_id` of each acknowledged event. */
  readonly acknowledged: ReadonlySet<string>;
  /** Events that were handed to Kafka, acknowledged or not yet. */
  readonly sent: number;
  /** How many of the acknowledged records are no events, and never will be. */
  readonly poisoned: number;
  /** Ends after the send under way. @throws what a send threw */
  stop(): Promise<void>;
}

const BATCHES_PER_SECOND = 10;

/**
 * Sends retail events at a steady rate until it is stopped; through an outage of Kafka it waits and goes on.
 *
 * @param poisonEvery after so many events one of them follows as a broken producer would send it
 */
export async function startSteadyProducer(
  brokers: string,
  eventsPerSecond: number,
  poisonEvery = Number.POSITIVE_INFINITY,
): Promise<SteadyProducer> {
  const producer = createProducer(createKafka({ brokers: [brokers], clientId: 'test-producer' }));
  const source = createTransactionSource(eventsPerSecond);
  const acknowledged = new Set<string>();
  let [sent, poisoned] = [0, 0];
  await producer.connect();
  const sending = keepRunning(async () => {
    const pause = sleep(1000 / BATCHES_PER_SECOND);
    const events = Array.from({ length: eventsPerSecond / BATCHES_PER_SECOND }, () => ({
      ...source.next(Date.now()),
      event_id: randomUUID(),
    }));
    const messages = events.map((event) => ({ key: retailEvents.keyOf(event), value: JSON.stringify(event) }));
    const broken = events.filter(() => ++sent % poisonEvery === 0).map((event) => breakEvent(event, sent));
    await producer.send({ topic: retailEvents.topic, acks: -1, messages: [...messages, ...broken] });
    for (const event of events) acknowledged.add(event.event_id);
    poisoned += broken.length;
    await pause;
  });
  return {
    acknowledged,
    get sent() {
      return sent;
    },
    get poisoned() {
      return poisoned;
    },
    stop: async () => {
      await sending.stop();
      await producer.disconnect();
    },
  };
}

/** Each in another way than the one before. */
function breakEvent(event: RetailEvent, position: number) {
  const reason = POISON_REASONS[position % POISON_REASONS.length] as (typeof POISON_REASONS)[number];
  return poison({ stream: retailEvents, event }, reason);
}
