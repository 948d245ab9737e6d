import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import { CompressionTypes, type Kafka, type Message } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../../../test/support/kafka.ts';
import { prepareConfluentKafka, runWithConfluentKafka } from '../../../../test/support/kafka-python.ts';
import type { LambdaKafkaEvent, LambdaKafkaRecord } from '../../src/core/event.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { createClient } from '../../src/kafka/client.ts';
import { startTrigger, type Trigger, type TriggerOptions } from '../../src/trigger.ts';
import { createInvoker, createMapping, createRecordingLog, eventually } from '../support/fakes.ts';

jest.setTimeout(60_000);

let broker: TestKafka;
let kafka: Kafka;
let topics = 0;
const triggers: Trigger[] = [];

beforeAll(async () => {
  await prepareConfluentKafka();
  broker = await startTestKafka();
  kafka = createClient({ brokers: [broker.brokers] }, () => {});
}, 300_000);
afterEach(async () => {
  await Promise.all(triggers.splice(0).map((trigger) => trigger.stop()));
});
afterAll(() => broker.stop());

async function createTopic(partitions = 1): Promise<string> {
  topics += 1;
  await broker.createTopic(`topic-${topics}`, { partitions });
  return `topic-${topics}`;
}

async function produce(topic: string, messages: Message[], compression = CompressionTypes.None): Promise<void> {
  const producer = createProducer(kafka);
  await producer.connect();
  await producer.send({ topic, messages, compression });
  await producer.disconnect();
}

function run(
  mapping: Partial<Mapping>,
  respond?: (event: LambdaKafkaEvent) => unknown,
  options: Partial<TriggerOptions> = {},
) {
  const { invoker, events } = createInvoker(respond);
  const { log, lines } = createRecordingLog();
  const group = `group-${mapping.topics?.[0]}`;
  const mappings = [createMapping({ consumerGroupId: group, windowMs: 0, ...mapping })];
  const trigger = startTrigger({
    mappings,
    invoker,
    log,
    brokers: [broker.brokers],
    sessionTimeoutMs: 6_000,
    ...options,
  });
  triggers.push(trigger);
  const records = () => events.flatMap((event) => Object.values(event.records).flat());
  return { trigger, events, lines, records, values: () => records().map(decodeValue) };
}

const decodeValue = ({ value }: LambdaKafkaRecord) => (value === null ? null : Buffer.from(value, 'base64').toString());
const numbered = (count: number, partitions = 1, from = 0): Message[] =>
  Array.from({ length: count }, (_, i) => ({ value: String(from + i), partition: (from + i) % partitions }));

async function committedOffsets(topic: string): Promise<number[]> {
  const admin = kafka.admin();
  await admin.connect();
  const [found] = await admin.fetchOffsets({ groupId: `group-${topic}`, topics: [topic] });
  await admin.disconnect();
  return (found?.partitions ?? []).sort((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset));
}

// https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
describe('records from a real broker', () => {
  it('arrive as the event documents them', async () => {
    const topic = await createTopic();
    await produce(topic, [
      { key: 'k', value: 'v', headers: { trace: Buffer.from([1, 255]), twice: ['a', 'b'] } },
      { key: null, value: null },
      { value: '' },
    ]);
    const { records } = run({ topics: [topic] });
    await eventually(() => expect(records()).toHaveLength(3));
    expect(records()).toMatchObject([
      {
        topic,
        partition: 0,
        offset: 0,
        timestampType: 'LOG_APPEND_TIME',
        key: 'aw==',
        value: 'dg==',
        headers: [{ trace: [1, -1] }, { twice: [97] }, { twice: [98] }],
      },
      { offset: 1, value: null, headers: [] },
      { offset: 2, value: '', headers: [] },
    ]);
    expect(Math.abs(Date.now() - (records()[0]?.timestamp ?? 0))).toBeLessThan(60_000);
  });

  it.each([
    ['gzip', CompressionTypes.GZIP],
    ['snappy', CompressionTypes.Snappy],
    ['lz4', CompressionTypes.LZ4],
  ])('compressed with %s arrive', async (_name, compression) => {
    const topic = await createTopic();
    await produce(topic, numbered(100), compression);
    const { values } = run({ topics: [topic] });
    await eventually(() => expect(values()).toEqual(numbered(100).map(({ value }) => value)));
  });

  it.each([1, 10_000])('in a record batch of %i arrive', async (count) => {
    const topic = await createTopic();
    await produce(topic, numbered(count), CompressionTypes.GZIP);
    const { values, events } = run({ topics: [topic], batchSize: 10_000 });
    await eventually(() => expect(values()).toEqual(numbered(count).map(({ value }) => value)));
    expect(events).toHaveLength(1);
  });

  it('compressed with zstd, which kafkajs cannot write, arrive from another client', async () => {
    const topic = await createTopic();
    const program = `
import sys
from confluent_kafka import Producer
producer = Producer({'bootstrap.servers': sys.argv[1], 'compression.type': 'zstd', 'linger.ms': 100})
for i in range(100): producer.produce(sys.argv[2], str(i), 'key', headers=[('trace', b'\\x01\\xff')])
producer.flush()`;
    await runWithConfluentKafka(program, [broker.brokers, topic]);
    const { values, records } = run({ topics: [topic] });
    await eventually(() => expect(values()).toEqual(numbered(100).map(({ value }) => value)));
    expect(records()[0]).toMatchObject({ key: btoa('key'), headers: [{ trace: [1, -1] }] });
  });

  it('of aborted transactions do not, and commits reach the end of the log past the markers', async () => {
    const topic = await createTopic();
    const producer = createProducer(kafka, { transactionalId: topic });
    await producer.connect();
    for (const [value, isKept] of [
      ['a', false],
      ['b', true],
      ['c', false],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value }] });
      await (isKept ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    const { values } = run({ topics: [topic] });
    await eventually(async () => expect(await committedOffsets(topic)).toEqual([6]));
    expect(values()).toEqual(['b']);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
describe('delivery', () => {
  it('is complete and in order per partition though every third invocation fails, and commits to the end', async () => {
    const topic = await createTopic(3);
    const done: LambdaKafkaRecord[] = [];
    let invocations = 0;
    await produce(topic, numbered(1_000, 3));
    const { trigger } = run({ topics: [topic], batchSize: 70 }, (event) => {
      invocations += 1;
      if (invocations % 3 === 0) throw new Error('every third');
      done.push(...Object.values(event.records).flat());
    });
    await produce(topic, numbered(500, 3, 1_000));
    await eventually(() => expect(done).toHaveLength(1_500));
    for (const partition of [0, 1, 2]) {
      const offsets = done.filter((record) => record.partition === partition).map(({ offset }) => offset);
      expect(offsets).toEqual(Array.from({ length: 500 }, (_, i) => i));
    }
    await eventually(async () => expect(await committedOffsets(topic)).toEqual([500, 500, 500]));
    expect(trigger.stats()[0]).toMatchObject({ delivered: 1_500, isConnected: true });
    expect(trigger.stats()[0]?.partitions.map(({ lag }) => lag)).toEqual([0, 0, 0]);
  });

  it('goes on where the group stopped', async () => {
    const topic = await createTopic();
    await produce(topic, numbered(10));
    const first = run({ topics: [topic] });
    await eventually(() => expect(first.values()).toHaveLength(10));
    await first.trigger.stop();
    await produce(topic, numbered(5, 1, 10));
    const second = run({ topics: [topic], startingPosition: { kind: 'LATEST' } });
    await eventually(() => expect(second.values()).toEqual(['10', '11', '12', '13', '14']));
  });

  it('keeps its batch while a function runs longer than the session timeout', async () => {
    const topic = await createTopic();
    await produce(topic, numbered(1));
    const { events } = run({ topics: [topic] }, () => new Promise((resolve) => setTimeout(resolve, 8_000)));
    await eventually(async () => expect(await committedOffsets(topic)).toEqual([1]), 45_000);
    expect(events).toHaveLength(1);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html
describe('a new group starts', () => {
  it('at LATEST after the last record, and stays there through a restart', async () => {
    const topic = await createTopic();
    await produce(topic, numbered(3));
    const startingPosition = { kind: 'LATEST' } as const;
    const first = run({ topics: [topic], startingPosition });
    await eventually(async () => expect(await committedOffsets(topic)).toEqual([3]));
    await first.trigger.stop();
    await produce(topic, numbered(1, 1, 3));
    const second = run({ topics: [topic], startingPosition });
    await eventually(() => expect(second.values()).toEqual(['3']));
    expect(first.values()).toEqual([]);
  });

  it('AT_TIMESTAMP with the first record at or after it', async () => {
    const topic = await createTopic();
    await produce(topic, numbered(2));
    const timestampMs = Date.now() + 1;
    await eventually(() => expect(Date.now()).toBeGreaterThan(timestampMs));
    await produce(topic, numbered(2, 1, 2));
    const { values } = run({ topics: [topic], startingPosition: { kind: 'AT_TIMESTAMP', timestampMs } });
    await eventually(() => expect(values()).toEqual(['2', '3']));
  });
});
