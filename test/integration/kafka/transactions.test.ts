import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import { type KafkaLog, openKafkaLog } from '@tidemark/platform/kafka/log';
import type { Kafka } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../support/kafka.ts';
import { collect, readAll, sendBatches, until } from '../../support/kafka-records.ts';

describe('readers of transactions', () => {
  let broker: TestKafka;
  let kafka: Kafka;
  let log: KafkaLog;

  beforeAll(async () => {
    broker = await startTestKafka();
    kafka = createKafka({ brokers: [broker.brokers], clientId: 'test' });
    log = openKafkaLog({ brokers: [broker.brokers], clientId: 'test-log' });
  }, 180_000);

  afterAll(async () => {
    await log.close();
    await broker.stop();
  });

  it('gives exactly the committed records from every start offset, to its own readers and to consumers', async () => {
    await broker.createTopic('transactions');
    const committed = await produceTransactions(kafka, 'transactions');
    // The last marker follows the answer to the end of its transaction.
    await until(async () => (await log.offsets('transactions')).every((at) => at.lastStable === at.highWatermark));
    const [bounds] = await log.offsets('transactions');
    const end = bounds?.highWatermark ?? 0;
    expect(bounds).toEqual({ partition: 0, logStart: 0, lastStable: end, highWatermark: end });
    expect(end).toBeGreaterThan(committed.length + 10);
    const all = await readAll(log, { topic: 'transactions', partition: 0, from: 0, to: end });
    expect(all.map(({ value }) => String(value))).toEqual(committed);
    for (let from = 0; from < end; from += 1) {
      const chunks = await collect(log.read({ topic: 'transactions', partition: 0, from, to: end }));
      const records = chunks.flatMap((chunk) => chunk.records);
      expect(records).toEqual(all.filter(({ offset }) => offset >= from));
      expect(chunks.at(-1)?.nextOffset).toBe(end);
    }
    const expected = Array.from({ length: end }, (_, from) =>
      all.filter(({ offset }) => offset >= from).map(({ offset }) => String(offset)),
    );
    expect(await consumeFromEach(kafka, 'transactions', end)).toEqual(expected);
  });

  it('stops at the last stable offset while a transaction is open', async () => {
    await broker.createTopic('open');
    await sendBatches(kafka, 'open', [{ value: 'a' }]);
    const producer = createProducer(kafka, { transactionalId: 'open-one' });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'open', messages: [{ value: 'pending' }] });
    expect(await log.offsets('open')).toEqual([{ partition: 0, logStart: 0, lastStable: 1, highWatermark: 2 }]);
    expect(await log.recordAt('open', 0, 1)).toBeUndefined();
    await transaction.abort();
    await producer.disconnect();
    await until(async () => (await log.offsets('open'))[0]?.lastStable === 3);
    expect(await readAll(log, { topic: 'open', partition: 0, from: 1, to: 3 })).toEqual([]);
    expect((await log.recordAt('open', 0, 0))?.value).toEqual(Buffer.from('a'));
    expect(await log.recordAt('open', 0, 1)).toBeUndefined();
  });
});

/** Three producers whose transactions overlap, commit and abort, between plain records. Returns the committed values. */
async function produceTransactions(kafka: Kafka, topic: string): Promise<string[]> {
  const plain = createProducer(kafka);
  const producers = ['one', 'two', 'three'].map((id) => createProducer(kafka, { transactionalId: `${topic}-${id}` }));
  for (const producer of [plain, ...producers]) await producer.connect();
  const committed: string[] = [];
  const sendPlain = async (value: string) => {
    await plain.send({ topic, messages: [{ value }] });
    committed.push(value);
  };
  for (let round = 0; round < 3; round += 1) {
    const open = await Promise.all(producers.map((producer) => producer.transaction()));
    const inOrder: { value: string; isCommitted: boolean }[] = [];
    for (const step of [1, 2]) {
      for (const [index, transaction] of open.entries()) {
        const value = `round ${round} step ${step} producer ${index}`;
        await transaction.send({ topic, messages: [{ value }] });
        inOrder.push({ value, isCommitted: index === round });
      }
    }
    committed.push(...inOrder.filter(({ isCommitted }) => isCommitted).map(({ value }) => value));
    for (const [index, transaction] of open.entries()) {
      await (index === round ? transaction.commit() : transaction.abort());
      await sendPlain(`round ${round} after ${index}`);
    }
  }
  for (const producer of [plain, ...producers]) await producer.disconnect();
  return committed;
}

/** What a plain kafkajs consumer sees when it seeks to each offset below the end in turn. */
async function consumeFromEach(kafka: Kafka, topic: string, end: number): Promise<string[][]> {
  const consumer = kafka.consumer({ groupId: `from-each-${topic}`, maxWaitTimeInMs: 20 });
  let seen: string[] = [];
  let position = 0;
  // Told after kafkajs has moved on itself: a seek before that is lost.
  consumer.on('consumer.end_batch_process', ({ payload }) => {
    position = Number(payload.lastOffset) + 1;
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        seen.push(...batch.messages.map(({ offset }) => offset));
      },
    });
    await until(async () => position >= end);
    const seenByStart: string[][] = [];
    for (let from = 0; from < end; from += 1) {
      seen = [];
      position = from;
      consumer.seek({ topic, partition: 0, offset: String(from) });
      await until(async () => position >= end);
      seenByStart.push(seen);
    }
    return seenByStart;
  } finally {
    await consumer.disconnect();
  }
}
