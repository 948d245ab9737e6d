import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { Stream } from '@tidemark/domains/stream';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import type { Message } from 'kafkajs';

/** Where Kafka has put a record of the topic `retail_events`. */
export interface Position {
  readonly partition: number;
  readonly offset: number;
}

/** Sends each message to `retail_events` by a send of its own, one after the other, and tells where each lies. */
export async function sendOneByOne(brokers: string, messages: readonly Message[]): Promise<Position[]> {
  const producer = createProducer(createKafka({ brokers: [brokers], clientId: 'test-producer' }));
  await producer.connect();
  const positions: Position[] = [];
  for (const message of messages) {
    const [written] = await producer.send({ topic: retailEvents.topic, messages: [message] });
    if (written?.baseOffset === undefined) throw new Error('Kafka did not say where the record lies');
    positions.push({ partition: written.partition, offset: Number(written.baseOffset) });
  }
  await producer.disconnect();
  return positions;
}

/** Sends events to a stream in one batch per partition, under the keys that every producer of ours gives them. */
export async function sendEvents(
  brokers: string,
  events: readonly object[],
  { topic, keyOf }: Stream = retailEvents,
): Promise<void> {
  const producer = createProducer(createKafka({ brokers: [brokers], clientId: 'test-producer' }));
  const messages = events.map((event) => ({ key: keyOf(event), value: JSON.stringify(event) }));
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}
