import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { invokeFunction } from '../../localstack/invoke/invoke-function.ts';
import type { Ports } from '../../localstack/start/settings.ts';
import { accountFor } from '../support/count-acknowledged.ts';
import { listProcesses, type NpmStart, npmStart, openReader } from '../support/npm-start.ts';
import { type SteadyProducer, startSteadyProducer } from '../support/steady-producer.ts';
import { readStreamStatus } from '../support/stream-status.ts';
import { findPorts } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** `kill -9` of everything at once under load: the next start recovers, and what was acknowledged is counted once. */

const EVENTS_PER_SECOND = 200;
const PARTS = ['kafka', 'clickhouse', 'emulator', 'functions'];

let stateDir: string;
let ports: Ports;
let api: string;
let stack: NpmStart;
let producer: SteadyProducer;

const start = () => npmStart({ stateDir, ports, args: ['--no-generate'] });
const batch = async (name: string) => {
  const { hasFailed, payload } = await invokeFunction(`http://127.0.0.1:${ports.lambda}`, name, {});
  expect({ hasFailed, payload }).toMatchObject({ hasFailed: false });
};

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tidemark-kill-'));
  ports = await findPorts();
  api = `http://127.0.0.1:${ports.api}`;
  stack = start();
  await stack.waitUntilReady();
  producer = await startSteadyProducer(`127.0.0.1:${ports.kafka}`, EVENTS_PER_SECOND);
}, 300_000);

afterAll(async () => {
  for (const pid of listProcesses(stateDir)) killNow(pid);
  await rm(stateDir, { recursive: true, force: true });
}, 60_000);

it('after kill -9 of everything, the next start counts every acknowledged event once', async () => {
  await waitForMore(2 * EVENTS_PER_SECOND);
  await batch('compact');
  await batch('refreshGold');
  await waitForMore(2 * EVENTS_PER_SECOND);
  const killed = listProcesses(stateDir);
  expect(killed.length).toBeGreaterThan(PARTS.length);

  for (const pid of killed) killNow(pid);
  await stack.waitForExit();
  await waitUntil(() => listProcesses(stateDir).length === 0);
  const acknowledgedBefore = producer.acknowledged.size;

  stack = start();
  await stack.waitUntilReady();
  await waitForMore(EVENTS_PER_SECOND);
  await producer.stop();
  const { acknowledged } = producer;
  expect(acknowledged.size).toBeGreaterThan(acknowledgedBefore);
  await waitUntil(
    async () => {
      const { lag_records, stored } = await readStreamStatus(api);
      return lag_records === 0 && stored >= acknowledged.size;
    },
    { withinMs: 30_000, everyMs: 100 },
  );
  await expectEachCountedOnce();

  await batch('compact');
  await batch('refreshGold');
  await expectEachCountedOnce();
}, 300_000);

it('ends by Ctrl-C as ever', async () => {
  stack.interrupt();
  expect((await stack.waitForExit()).exitCode).toBe(0);
  // The guard ends a moment after what it guarded.
  await waitUntil(() => listProcesses(stateDir).length === 0);
}, 60_000);

async function waitForMore(events: number): Promise<void> {
  const before = producer.acknowledged.size;
  await waitUntil(() => producer.acknowledged.size >= before + events, { withinMs: 120_000 });
}

async function expectEachCountedOnce(): Promise<void> {
  const { stored, rejected, open_gaps, partitions } = await readStreamStatus(api);
  const produced = partitions.reduce((sum, { end_offset, log_start }) => sum + end_offset - log_start, 0);
  expect({ stored, rejected, open_gaps }).toEqual({ stored: produced, rejected: 0, open_gaps: 0 });
  const reader = await openReader({ stateDir, ports });
  const { sums, ...account } = await accountFor(producer.acknowledged, reader);
  await reader.close();
  expect(account).toEqual({ missing: [], repeated: [], unifiedCount: produced });
  expect(new Set(sums)).toEqual(new Set([sums[0]]));
}

/** One that ended because another was killed before it is dead too. */
function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
