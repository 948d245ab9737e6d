import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { Kafka } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../../../test/support/kafka.ts';
import { createClient } from '../../src/kafka/client.ts';
import { eventually } from '../support/fakes.ts';

/** Raise it for a thorough run: each kill costs the group's session timeout. */
const KILLS = Number(process.env.KAFKA_TRIGGER_KILLS ?? 3);
const PARTITIONS = 2;
const BATCH_SIZE = 10;
const RECORDS_PER_ROUND = 600;

jest.setTimeout(60_000 + KILLS * 20_000);

let broker: TestKafka;
let kafka: Kafka;
let stateDir: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  broker = await startTestKafka();
  await broker.createTopic('crashes', { partitions: PARTITIONS });
  kafka = createClient({ brokers: [broker.brokers] }, () => {});
  stateDir = await mkdtemp(join(tmpdir(), 'kafka-trigger-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await broker.stop();
  await rm(stateDir, { recursive: true, force: true });
});

function startInstance(): ChildProcess {
  const child = spawn('node', ['--import', 'tsx', resolve(__dirname, '../support/crash-instance.ts')], {
    env: { ...process.env, BROKERS: broker.brokers, TOPIC: 'crashes', OUTPUT: join(stateDir, 'delivered') },
    stdio: 'ignore',
  });
  children.add(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  children.delete(child);
}

/** The offsets of each partition in the order of their delivery, repeats included. */
async function readDelivered(): Promise<number[][]> {
  const text = await readFile(join(stateDir, 'delivered'), 'utf8').catch(() => '');
  const events = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, number[]>);
  return Array.from({ length: PARTITIONS }, (_, i) => events.flatMap((event) => event[`crashes-${i}`] ?? []));
}

describe('two instances, one of them killed again and again', () => {
  it('deliver every record in order, and twice only what was in flight', async () => {
    const producer = createProducer(kafka);
    await producer.connect();
    const instances = [startInstance(), startInstance()];
    for (let round = 0; round <= KILLS; round += 1) {
      const messages = Array.from({ length: RECORDS_PER_ROUND }, (_, i) => ({ value: 'x', partition: i % PARTITIONS }));
      await producer.send({ topic: 'crashes', messages });
      const goal = round * RECORDS_PER_ROUND + Math.floor(Math.random() * RECORDS_PER_ROUND);
      await eventually(async () => expect(new Set((await readDelivered())[0]).size).toBeGreaterThan(goal / 2), 40_000);
      if (round < KILLS) {
        await kill(instances.shift() as ChildProcess);
        instances.push(startInstance());
      }
    }
    await producer.disconnect();
    const total = (RECORDS_PER_ROUND * (KILLS + 1)) / PARTITIONS;
    await eventually(async () => {
      for (const offsets of await readDelivered()) expect(new Set(offsets).size).toBe(total);
    }, 40_000);
    for (const offsets of await readDelivered()) {
      const firsts = [...new Set(offsets)];
      expect(firsts).toEqual(Array.from({ length: total }, (_, i) => i));
      // A kill, and each of the two rebalances that follow it, may repeat one batch of a partition.
      expect(offsets.length - total).toBeLessThanOrEqual((KILLS + 1) * 3 * BATCH_SIZE);
    }
  });
});
