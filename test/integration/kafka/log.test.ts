import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKafka } from '@tidemark/platform/kafka/client';
import { type KafkaLog, OffsetOutOfRange, openKafkaLog, UnknownTopic } from '@tidemark/platform/kafka/log';
import type { Kafka } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../support/kafka.ts';
import { collect, readAll, sendBatches } from '../../support/kafka-records.ts';

describe('the Kafka log', () => {
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

  it('gives keys, nulls, headers in order, and the time of the append', async () => {
    await broker.createTopic('shapes');
    const startedAt = Date.now();
    await sendBatches(kafka, 'shapes', [
      { key: 'k', value: null, headers: { b: ['1', '2'], a: 'ü' }, timestamp: '1264982400000' },
      { key: null, value: Buffer.from([0, 255]) },
      { key: '', value: '' },
    ]);
    const records = await readAll(log, { topic: 'shapes', partition: 0, from: 0, to: 3 });
    const headers = [
      ['b', Buffer.from('1')],
      ['b', Buffer.from('2')],
      ['a', Buffer.from('ü')],
    ];
    expect(records.map(({ timestamp: _, ...record }) => record)).toEqual([
      {
        topic: 'shapes',
        partition: 0,
        offset: 0,
        timestampType: 'LOG_APPEND_TIME',
        key: Buffer.from('k'),
        value: null,
        headers,
      },
      {
        topic: 'shapes',
        partition: 0,
        offset: 1,
        timestampType: 'LOG_APPEND_TIME',
        key: null,
        value: Buffer.from([0, 255]),
        headers: [],
      },
      {
        topic: 'shapes',
        partition: 0,
        offset: 2,
        timestampType: 'LOG_APPEND_TIME',
        key: Buffer.from(''),
        value: Buffer.from(''),
        headers: [],
      },
    ]);
    for (const { timestamp } of records) expect(Math.abs(timestamp - startedAt)).toBeLessThan(60_000);
  });

  it("gives the producer's time where the topic uses CreateTime, and says so of the topic", async () => {
    await broker.createTopic('create-time', {
      config: { 'message.timestamp.type': 'CreateTime', 'retention.ms': '-1' },
    });
    await sendBatches(kafka, 'create-time', [
      { value: 'a', timestamp: '1264982400000' },
      { value: 'b', timestamp: '1264982400123' },
    ]);
    const records = await readAll(log, { topic: 'create-time', partition: 0, from: 0, to: 2 });
    expect(records.map(({ timestamp, timestampType }) => [timestamp, timestampType])).toEqual([
      [1264982400000, 'CREATE_TIME'],
      [1264982400123, 'CREATE_TIME'],
    ]);
    expect(await log.timestampSource('create-time')).toBe('CreateTime');
    expect(await log.timestampSource('shapes')).toBe('LogAppendTime');
  });

  it('reads exactly the range, from any offset to any other', async () => {
    await broker.createTopic('ranges');
    await sendBatches(
      kafka,
      'ranges',
      ...Array.from({ length: 4 }, (_, batch) => [0, 1, 2].map((n) => ({ value: `${3 * batch + n}` }))),
    );
    for (let from = 0; from <= 12; from += 1) {
      for (let to = from; to <= 12; to += 1) {
        const chunks = await collect(log.read({ topic: 'ranges', partition: 0, from, to }));
        const values = chunks.flatMap(({ records }) => records.map(({ value }) => Number(value)));
        expect(values).toEqual(Array.from({ length: to - from }, (_, index) => from + index));
        expect(chunks.at(-1)?.nextOffset).toBe(from === to ? undefined : to);
      }
    }
  });

  it("knows a group's commits, and none where there are none", async () => {
    await broker.createTopic('commits', { partitions: 3 });
    await sendBatches(kafka, 'commits', [
      { value: 'a', partition: 0 },
      { value: 'b', partition: 2 },
    ]);
    expect(await log.committed('readers', 'commits')).toEqual(new Map());
    const admin = kafka.admin();
    await admin.connect();
    await admin.setOffsets({ groupId: 'readers', topic: 'commits', partitions: [{ partition: 2, offset: '1' }] });
    await admin.disconnect();
    expect(await log.committed('readers', 'commits')).toEqual(new Map([[2, 1]]));
    expect((await log.offsets('commits')).map(({ highWatermark }) => highWatermark)).toEqual([1, 0, 1]);
  });

  it('refuses offsets that the log does not hold, and says where it starts', async () => {
    await broker.createTopic('expired');
    await sendBatches(kafka, 'expired', [{ value: 'a' }, { value: 'b' }], [{ value: 'c' }]);
    const admin = kafka.admin();
    await admin.connect();
    await admin.fetchTopicOffsets('expired'); // kafkajs finds leaders only of topics it has met
    await admin.deleteTopicRecords({ topic: 'expired', partitions: [{ partition: 0, offset: '2' }] });
    await admin.disconnect();
    const below = readAll(log, { topic: 'expired', partition: 0, from: 0, to: 3 });
    await expect(below).rejects.toThrow(OffsetOutOfRange);
    await expect(below).rejects.toMatchObject({ offset: 0, logStart: 2, highWatermark: 3, retryable: false });
    await expect(readAll(log, { topic: 'expired', partition: 0, from: 4, to: 5 })).rejects.toThrow(OffsetOutOfRange);
    expect((await log.recordAt('expired', 0, 0))?.offset).toBe(2);
  });

  it('says at once that a topic or a partition does not exist, and goes on with the others', async () => {
    await broker.createTopic('present');
    await sendBatches(kafka, 'present', [{ value: 'a' }]);
    await expect(log.offsets('absent')).rejects.toThrow(UnknownTopic);
    await expect(readAll(log, { topic: 'present', partition: 7, from: 0, to: 1 })).rejects.toThrow(
      'present has no partition 7',
    );
    expect(await readAll(log, { topic: 'present', partition: 0, from: 0, to: 1 })).toHaveLength(1);
  });

  it('stops when the signal is aborted, also while it waits for Kafka', async () => {
    await broker.createTopic('aborted');
    await sendBatches(kafka, 'aborted', [{ value: 'a' }]);
    const stop = new AbortController();
    const reading = readAll(log, { topic: 'aborted', partition: 0, from: 0, to: 2, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    const unread = readAll(log, { topic: 'aborted', partition: 0, from: 0, to: 1, signal: stop.signal });
    await expect(unread).rejects.toThrow('enough');
  });

  it('gives up on offsets that do not come, after its patience', async () => {
    const hasty = openKafkaLog({ brokers: [broker.brokers], clientId: 'hasty', timeoutMs: 1_000 });
    const reading = readAll(hasty, { topic: 'aborted', partition: 0, from: 1, to: 2 });
    await expect(reading).rejects.toMatchObject({ name: 'KafkaUnavailable', retryable: true });
    await hasty.close();
  });

  it('reads on where it was when the broker is killed and comes back', async () => {
    await broker.createTopic('outage', { config: { 'max.message.bytes': '2000000' } });
    const messages = Array.from({ length: 4 }, (_, n) => ({ value: Buffer.alloc(200_000, n) }));
    await sendBatches(kafka, 'outage', ...Array.from({ length: 30 }, () => messages));
    const offsets: number[] = [];
    let restarted: Promise<void> | undefined;
    for await (const { records } of log.read({ topic: 'outage', partition: 0, from: 0, to: 120 })) {
      offsets.push(...records.map(({ offset }) => offset));
      restarted ??= broker.kill().then(async () => {
        await sleep(500); // long enough for the reader to find nobody there
        await broker.restart();
      });
    }
    await restarted;
    expect(offsets).toEqual(Array.from({ length: 120 }, (_, offset) => offset));
  });
});
