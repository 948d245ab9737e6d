import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { Admin, Kafka, Message } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../../../test/support/kafka.ts';
import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import { createClient } from '../../src/kafka/client.ts';
import { startTrigger, type Trigger } from '../../src/trigger.ts';
import { createInvoker, createMapping, createRecordingLog, eventually } from '../support/fakes.ts';

jest.setTimeout(90_000);

const BATCH_SIZE = 10;

let broker: TestKafka;
let kafka: Kafka;
let admin: Admin;
let triggers: Trigger[] = [];

beforeAll(async () => {
  broker = await startTestKafka();
  kafka = createClient({ brokers: [broker.brokers] }, () => {});
  admin = kafka.admin();
  await admin.connect();
});
afterEach(async () => {
  await Promise.all(triggers.map((trigger) => trigger.stop()));
  triggers = [];
});
afterAll(async () => {
  await admin.disconnect();
  await broker.stop();
});

async function produce(topic: string, messages: Message[]): Promise<void> {
  const producer = createProducer(kafka);
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

const numbered = (count: number, partitions = 1, from = 0): Message[] =>
  Array.from({ length: count }, (_, i) => ({ value: String(from + i), partition: (from + i) % partitions }));

function run(topic: string, respond?: (event: LambdaKafkaEvent) => unknown) {
  const { invoker, events } = createInvoker(respond);
  const { log, lines } = createRecordingLog();
  const mappings = [createMapping({ topics: [topic], consumerGroupId: `group-${topic}`, batchSize: BATCH_SIZE })];
  const trigger = startTrigger({ mappings, invoker, log, brokers: [broker.brokers], sessionTimeoutMs: 6_000 });
  triggers.push(trigger);
  const records = () => events.flatMap((event) => Object.values(event.records).flat());
  const values = () => records().map(({ value }) => Number(Buffer.from(value ?? '', 'base64').toString()));
  const positions = () => records().map(({ partition, offset }) => `${partition}@${offset}`);
  return { trigger, events, lines, values, positions };
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
const distinct = (values: number[]) => [...new Set(values)].sort((a, b) => a - b);

/** Every value below `count` arrives; compared once it has, because a failing comparison of long lists is slow. */
async function expectAll(count: number, values: () => number[], timeoutMs = 40_000): Promise<void> {
  await eventually(() => expect(new Set(values()).size).toBe(count), timeoutMs);
  expect(distinct(values())).toEqual(upTo(count));
}

describe('the trigger recovers by itself', () => {
  it('when its topic is created later, and says what it waits for', async () => {
    const { lines, values } = run('later');
    await eventually(() => expect(lines.find(({ message }) => message === 'not polling')?.level).toBe('warn'));
    await broker.createTopic('later');
    await produce('later', numbered(3));
    await eventually(() => expect(values()).toEqual([0, 1, 2]));
  });

  it('when partitions are added, says so, and reads them from their first record', async () => {
    await broker.createTopic('growing');
    const { lines, values } = run('growing');
    await produce('growing', numbered(1));
    await eventually(() => expect(values()).toEqual([0]));
    await admin.createPartitions({ topicPartitions: [{ topic: 'growing', count: 2 }] });
    await eventually(() => produce('growing', [{ value: '1', partition: 1 }]));
    await eventually(() => expect(distinct(values())).toEqual([0, 1]));
    const assigned = lines.filter(({ message }) => message === 'partitions assigned');
    const partitions = assigned.map(({ fields }) => fields.partitions);
    expect(partitions.slice(-2)).toEqual([['growing-0'], ['growing-0', 'growing-1']]);
  });

  it('when its offset has expired, from the oldest record there is', async () => {
    await broker.createTopic('expiring');
    await produce('expiring', numbered(5));
    const first = run('expiring');
    await eventually(() => expect(first.values()).toEqual(upTo(5)));
    await first.trigger.stop();
    await produce('expiring', numbered(5, 1, 5));
    // The call that follows needs the topic's metadata, and does not fetch it.
    await admin.fetchTopicOffsets('expiring');
    await admin.deleteTopicRecords({ topic: 'expiring', partitions: [{ partition: 0, offset: '8' }] });
    const second = run('expiring');
    await eventually(() => expect(second.values()).toEqual([8, 9]));
    expect(second.lines.some(({ message }) => message.includes('Offset out of range'))).toBe(true);
  });

  it('when its topic is deleted and created anew, from the first record of the new one', async () => {
    await broker.createTopic('recreated');
    const { events, values } = run('recreated');
    await produce('recreated', numbered(20));
    await eventually(() => expect(values()).toHaveLength(20));
    await admin.deleteTopics({ topics: ['recreated'] });
    // As long as the old one is listed, createTopic leaves it as it is.
    await eventually(async () => expect(await admin.listTopics()).not.toContain('recreated'));
    await broker.createTopic('recreated');
    events.length = 0;
    await eventually(() => produce('recreated', numbered(5, 1, 100)));
    await eventually(() => expect(distinct(values())).toEqual([100, 101, 102, 103, 104]), 40_000);
  });

  it('when the broker is killed and comes back, without losing a record or an order', async () => {
    await broker.createTopic('outage', { partitions: 2 });
    const slow = () => new Promise((resolve) => setTimeout(resolve, 5));
    const { values, lines } = run('outage', slow);
    await produce('outage', numbered(400, 2));
    await eventually(() => expect(values().length).toBeGreaterThan(50));
    await broker.kill();
    await eventually(() => expect(lines.some(({ level }) => level === 'warn')).toBe(true));
    await broker.restart();
    await eventually(() => produce('outage', numbered(20, 2, 400)));
    await expectAll(420, values);
  });
});

describe('two instances', () => {
  it('share the partitions; when one joins or leaves nothing is lost, and what was in flight comes twice at most', async () => {
    const partitions = 2;
    await broker.createTopic('shared', { partitions });
    const slow = () => new Promise((resolve) => setTimeout(resolve, 30));
    const first = run('shared', slow);
    await produce('shared', numbered(500, partitions));
    await eventually(() => expect(first.values().length).toBeGreaterThan(50));
    const second = run('shared', slow);
    await produce('shared', numbered(2_000, partitions, 500));
    await eventually(() => expect(second.values().length).toBeGreaterThan(50));
    await second.trigger.stop();
    await produce('shared', numbered(100, partitions, 2_500));
    await expectAll(2_600, () => [...first.values(), ...second.values()]);
    // By offset: what the producer had to send again is another record with the same value.
    const positions = [...first.positions(), ...second.positions()];
    const handOvers = 2;
    const mostInFlight = partitions * BATCH_SIZE;
    expect(positions.length - new Set(positions).size).toBeLessThanOrEqual(handOvers * mostInFlight);
    expect(first.lines.filter(({ message }) => message.includes('recreated'))).toEqual([]);
  });
});
