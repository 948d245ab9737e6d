import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { Admin, Kafka } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../../../test/support/kafka.ts';
import { isSoak } from '../../../../test/support/soak.ts';
import { createClient } from '../../src/kafka/client.ts';
import { eventually } from '../support/fakes.ts';

/** Each costs the group's session timeout. */
const KILLS = isSoak ? 20 : 3;
const PARTITIONS = 2;
const BATCH_SIZE = 10;
const RECORDS_PER_ROUND = 600;

// A kill, the rebalance that it begins, and that of the new member may each repeat one batch of a partition.
const MOST_REPEATS = 3 * BATCH_SIZE;

jest.setTimeout(60_000 + KILLS * 30_000);

let broker: TestKafka;
let kafka: Kafka;
let admin: Admin;
let stateDir: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  broker = await startTestKafka();
  await broker.createTopic('crashes', { partitions: PARTITIONS });
  kafka = createClient({ brokers: [broker.brokers] }, () => {});
  admin = kafka.admin();
  await admin.connect();
  stateDir = await mkdtemp(join(tmpdir(), 'kafka-trigger-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await admin.disconnect();
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

/** Resolves with the members once both instances are in the group, and nobody else; `before` are those of the last time. */
async function twoMembers(before: readonly string[]): Promise<string[]> {
  let ids: string[] = [];
  await eventually(async () => {
    const { groups } = await admin.describeGroups(['group-crashes']);
    ids = (groups[0]?.members ?? []).map(({ memberId }) => memberId).sort();
    expect(groups[0]?.state).toBe('Stable');
    expect(ids).toHaveLength(2);
    expect(ids).not.toEqual(before);
  }, 40_000);
  return ids;
}

async function expectAllDelivered(count: number): Promise<void> {
  await eventually(async () => {
    for (const offsets of await readDelivered()) expect(new Set(offsets).size).toBe(count / PARTITIONS);
  }, 40_000);
}

describe('two instances, one of them killed again and again', () => {
  it('deliver every record in order, and twice only what was in flight', async () => {
    const producer = createProducer(kafka);
    await producer.connect();
    const instances = [startInstance(), startInstance()];
    let members = await twoMembers([]);
    let repeats = Array.from({ length: PARTITIONS }, () => 0);
    for (let kills = 1; kills <= KILLS; kills += 1) {
      const produced = kills * RECORDS_PER_ROUND;
      const messages = Array.from({ length: RECORDS_PER_ROUND }, (_, i) => ({ value: 'x', partition: i % PARTITIONS }));
      await producer.send({ topic: 'crashes', messages });
      const goal = produced - Math.ceil(Math.random() * RECORDS_PER_ROUND);
      await eventually(async () => {
        expect(new Set((await readDelivered())[0]).size).toBeGreaterThan(goal / PARTITIONS);
      }, 40_000);
      await kill(instances.shift() as ChildProcess);
      instances.push(startInstance());
      members = await twoMembers(members);
      await expectAllDelivered(produced);
      const before = repeats;
      repeats = (await readDelivered()).map((offsets) => offsets.length - new Set(offsets).size);
      for (const [partition, count] of repeats.entries())
        expect(count - (before[partition] ?? 0)).toBeLessThanOrEqual(MOST_REPEATS);
    }
    await producer.disconnect();
    const total = (KILLS * RECORDS_PER_ROUND) / PARTITIONS;
    for (const offsets of await readDelivered())
      expect([...new Set(offsets)]).toEqual(Array.from({ length: total }, (_, i) => i));
  });
});
