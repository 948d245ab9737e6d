import { setTimeout as sleep } from 'node:timers/promises';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { KafkaLog, KafkaRecord, LogRange } from '@tidemark/platform/kafka/log';
import type { Kafka, Message } from 'kafkajs';

/** Produces each batch by a send of its own. */
export async function sendBatches(kafka: Kafka, topic: string, ...batches: Message[][]): Promise<void> {
  const producer = createProducer(kafka);
  await producer.connect();
  for (const messages of batches) await producer.send({ topic, messages });
  await producer.disconnect();
}

/** Every item, in order. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** Every record of the range. */
export async function readAll(log: KafkaLog, range: LogRange): Promise<KafkaRecord[]> {
  return (await collect(log.read(range))).flatMap(({ records }) => records);
}

/** Polls until it is true; rejects after 20 s. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('it has not come true within 20 s');
    await sleep(20);
  }
}
