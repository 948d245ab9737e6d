import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { Kafka } from 'kafkajs';
import { waitForLeaders } from '../../../kafka/topics.ts';
import { createClient } from '../../src/kafka/client.ts';
import { sleep } from '../../src/sleep.ts';
import { startTrigger } from '../../src/trigger.ts';
import { createInvoker, createMapping, eventually } from '../support/fakes.ts';
import { type KafkaCluster, startKafkaCluster } from '../support/kafka-cluster.ts';

/** A group that loses its coordinator stands still until the dead sessions are over. */
const WITHIN_MS = 60_000;

jest.setTimeout(6 * WITHIN_MS);

let cluster: KafkaCluster;

beforeAll(async () => {
  cluster = await startKafkaCluster({
    nodes: 2,
    properties: { 'offsets.topic.replication.factor': 2, 'default.replication.factor': 2 },
  });
});
afterAll(() => cluster.stop());

describe('when the leader of a partition is killed', () => {
  it('reading goes on at the new one, and again when it comes back: every record is delivered, in order', async () => {
    const kafka = createClient({ brokers: cluster.brokers }, () => {});
    const admin = kafka.admin();
    await admin.connect();
    const replicaAssignment = [
      { partition: 0, replicas: [2, 1] },
      { partition: 1, replicas: [1, 2] },
    ];
    await admin.createTopics({ topics: [{ topic: 'moving', replicaAssignment }], waitForLeaders: false });
    await waitForLeaders(admin, ['moving']);
    const leaderOf = async (partition: number) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: ['moving'] });
      return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader;
    };
    expect(await leaderOf(0)).toBe(2);
    const producer = await startProducing(kafka, 'moving');
    const { invoker, events } = createInvoker();
    const mappings = [createMapping({ topics: ['moving'], consumerGroupId: 'group-moving', batchSize: 20 })];
    const log = () => {};
    const trigger = startTrigger({ mappings, invoker, log, brokers: cluster.brokers, sessionTimeoutMs: 6_000 });
    const valuesOf = (partition: number) =>
      events
        .flatMap((event) => event.records[`moving-${partition}`] ?? [])
        .map(({ value }) => Number(atob(value ?? '')));
    const expectProgress = async (more: number) => {
      const goal = valuesOf(0).length + more;
      await eventually(() => expect(valuesOf(0).length).toBeGreaterThan(goal), WITHIN_MS);
    };
    try {
      await expectProgress(20);
      await cluster.kill(1);
      await eventually(async () => expect(await leaderOf(0)).toBe(1), WITHIN_MS);
      await expectProgress(50);
      await cluster.restart(1);
      await expectProgress(50);
      const sent = await producer.stop();
      for (const partition of [0, 1]) {
        await eventually(() => expect(new Set(valuesOf(partition)).size).toBe(sent), WITHIN_MS);
        // A new session may deliver the batch in flight again.
        expect([...new Set(valuesOf(partition))]).toEqual(Array.from({ length: sent }, (_, i) => i));
      }
    } finally {
      await producer.stop();
      await trigger.stop();
      await admin.disconnect();
    }
  });
});

/** Sends 0, 1, 2 … to both partitions until it is stopped; returns how many. */
async function startProducing(kafka: Kafka, topic: string): Promise<{ stop(): Promise<number> }> {
  const producer = createProducer(kafka);
  await producer.connect();
  const stopping = new AbortController();
  const sending = (async () => {
    let sent = 0;
    for (; !stopping.signal.aborted; sent += 1) {
      // One partition a send: when a leader moves to a broker that has acknowledged its own part of a send already,
      // kafkajs (2.2.4, sendMessages.js) takes the moved part for acknowledged too, and loses it.
      for (const partition of [0, 1]) await producer.send({ topic, messages: [{ value: String(sent), partition }] });
      await sleep(10, stopping.signal);
    }
    await producer.disconnect();
    return sent;
  })();
  return {
    stop: () => {
      stopping.abort();
      return sending;
    },
  };
}
