import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import { COMPRESSION } from '@tidemark/platform/kafka/codecs';
import { type KafkaLog, openKafkaLog } from '@tidemark/platform/kafka/log';
import type { Kafka } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../support/kafka.ts';
import { prepareConfluentKafka, runWithConfluentKafka } from '../../support/kafka-python.ts';

jest.setTimeout(120_000);

const RECORDS = 2_000;
/** Long enough for several blocks in each format. */
const TEXT = 'Größe 42; ';

/** librdkafka's own producer, one codec: a null value, and headers in order with a repeat. */
const PRODUCE = `
import sys
from confluent_kafka import Producer
brokers, topic, codec = sys.argv[1:]
producer = Producer({'bootstrap.servers': brokers, 'compression.type': codec, 'linger.ms': 200, 'batch.size': 4000000})
for n in range(${RECORDS}):
    value = None if n == 7 else ('${TEXT}' * (n % 50) + str(n)).encode()
    producer.produce(topic, value, key=str(n), partition=0, headers=[('z', b'1'), ('a', None), ('z', str(n).encode())])
    producer.poll(0)
assert producer.flush(60) == 0
`;

/** Reads back what we wrote, by a client that is not ours. */
const CONSUME = `
import sys
from confluent_kafka import Consumer, TopicPartition
brokers, topic, count = sys.argv[1:]
consumer = Consumer({'bootstrap.servers': brokers, 'group.id': 'python', 'check.crcs': True})
consumer.assign([TopicPartition(topic, 0, 0)])
values = []
while len(values) < int(count):
    message = consumer.poll(20)
    assert message is not None and message.error() is None, message
    values.append(message.value().decode())
print(','.join(values))
consumer.close()
`;

describe('compressed records', () => {
  let broker: TestKafka;
  let kafka: Kafka;
  let log: KafkaLog;

  beforeAll(async () => {
    await prepareConfluentKafka();
    broker = await startTestKafka();
    kafka = createKafka({ brokers: [broker.brokers], clientId: 'test' });
    log = openKafkaLog({ brokers: [broker.brokers], clientId: 'test-log' });
  }, 300_000);

  afterAll(async () => {
    await log.close();
    await broker.stop();
  });

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'from confluent-kafka with %s are read as they were sent',
    async (codec) => {
      const topic = `python-${codec}`;
      await broker.createTopic(topic);
      await runWithConfluentKafka(PRODUCE, [broker.brokers, topic, codec]);
      await expectRecords(topic);
    },
  );

  it.each(['gzip', 'snappy', 'lz4', 'zstd'])("that Java's %s has written are read as they were sent", async (codec) => {
    // The broker is Java: a topic with a codec of its own makes it write the batches anew, by the Java client's code.
    const topic = `java-${codec}`;
    await broker.createTopic(topic, { config: { 'compression.type': codec } });
    await runWithConfluentKafka(PRODUCE, [broker.brokers, topic, 'none']);
    await expectRecords(topic);
  });

  it.each(['gzip', 'snappy', 'lz4'] as const)('that we write with %s are read by confluent-kafka', async (codec) => {
    const topic = `ours-${codec}`;
    await broker.createTopic(topic);
    const values = Array.from({ length: 300 }, (_, n) => `${TEXT.repeat(n % 50)}${n}`);
    const producer = createProducer(kafka);
    await producer.connect();
    await producer.send({ topic, compression: COMPRESSION[codec], messages: values.map((value) => ({ value })) });
    await producer.disconnect();
    const printed = await runWithConfluentKafka(CONSUME, [broker.brokers, topic, String(values.length)]);
    expect(printed.trim().split(',')).toEqual(values);
  });

  async function expectRecords(topic: string): Promise<void> {
    const seen = { byLog: [] as unknown[], byConsumer: [] as unknown[] };
    for await (const { records } of log.read({ topic, partition: 0, from: 0, to: RECORDS })) {
      seen.byLog.push(...records.map(({ key, value, headers }) => [toText(key), toText(value), headers]));
    }
    const headersOf = (n: number) => [
      ['z', Buffer.from('1')],
      ['a', null],
      ['z', Buffer.from(String(n))],
    ];
    const textOf = (n: number) => (n === 7 ? null : `${TEXT.repeat(n % 50)}${n}`);
    const expected = Array.from({ length: RECORDS }, (_, n) => [String(n), textOf(n), headersOf(n)]);
    expect(seen.byLog).toEqual(expected);

    const consumer = kafka.consumer({ groupId: `read-${topic}` });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ message }) => {
          seen.byConsumer.push([toText(message.key), toText(message.value), message.headers]);
        },
      });
      const deadline = Date.now() + 30_000;
      while (seen.byConsumer.length < RECORDS && Date.now() < deadline) await sleep(20);
    } finally {
      await consumer.disconnect();
    }
    const grouped = (n: number) => ({ z: [Buffer.from('1'), Buffer.from(String(n))], a: null });
    expect(seen.byConsumer).toEqual(expected.map(([key, value], n) => [key, value, grouped(n)]));
  }
});

function toText(bytes: Buffer | null): string | null {
  return bytes === null ? null : bytes.toString();
}
