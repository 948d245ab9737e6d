import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Ports } from '../../localstack/start/settings.ts';
import { listProcesses, type NpmStart, npmStart } from '../support/npm-start.ts';
import { readStreamStatus } from '../support/stream-status.ts';
import { tell } from '../support/tell.ts';
import { findPorts } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** `npm start` as a newcomer meets it, from an empty state to Ctrl-C and back. */

/** The promise; this machine may be busy with other work, or slow, as its first start tells. */
const SECOND_START_MS = 15_000;
const STOP_MS = 15_000;
const GENERATED = 5;

let stateDir: string;
let ports: Ports;
let api: string;
let stack: NpmStart;
let storedBefore: number;
let firstStartMs: number;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tidemark-start-'));
  ports = await findPorts();
  api = `http://127.0.0.1:${ports.api}`;
}, 60_000);

afterAll(async () => {
  for (const pid of listProcesses(stateDir)) process.kill(pid, 'SIGKILL');
  await rm(stateDir, { recursive: true, force: true });
}, 60_000);

describe('npm start', () => {
  it('says what runs where, and where it is ready', async () => {
    stack = npmStart({ stateDir, ports });
    const { durationMs } = await stack.waitUntilReady();
    firstStartMs = durationMs;
    tell(`npm start: first start: ready after ${durationMs} ms`);

    const { output } = stack;
    expect(output.trim().split('\n').at(-1)).toBe(`ready ${api}`);
    expect(output).toMatch(new RegExp(`^kafka +ready \\(process \\d+\\) +127.0.0.1:${ports.kafka}$`, 'm'));
    expect(output).toMatch(
      new RegExp(`^clickhouse +ready \\(process \\d+\\) +http://127.0.0.1:${ports.clickhouse}$`, 'm'),
    );
    expect(output).toMatch(new RegExp(`^emulator +ready \\(process \\d+\\) +http://127.0.0.1:${ports.emulator} `, 'm'));
    expect(output).toMatch(new RegExp(`^functions +ready \\(process \\d+\\) +${api} `, 'm'));
    expect(output).toMatch(/^generator +ready \(process \d+\)/m);
    for (const user of ['admin', 'ingest', 'query']) expect(output).toMatch(new RegExp(`^${user} +\\S{12,}$`, 'm'));
  }, 300_000);

  it('generates events that are answered', async () => {
    await waitUntil(async () => (await readStreamStatus(api)).stored >= GENERATED, { withinMs: 60_000, everyMs: 100 });
    expect((await fetch(`${api}/v1/health`)).status).toBe(200);
    expect((await fetch(api)).headers.get('content-type')).toContain('text/html');
  }, 60_000);

  it('on a busy port is one sentence with the remedy and exit code 1, and starts nothing', async () => {
    const otherDir = await mkdtemp(join(tmpdir(), 'tidemark-start-busy-'));
    const free = await findPorts();
    const refused = npmStart({ stateDir: otherDir, ports: { ...free, clickhouse: ports.clickhouse } });
    const { exitCode } = await refused.waitForExit();

    expect(exitCode).toBe(1);
    expect(refused.output.trim()).toMatch(
      new RegExp(`^Port ${ports.clickhouse} is taken by [^\\n]+: [^\\n]*set CLICKHOUSE_PORT to another port\\.$`),
    );
    expect(listProcesses(otherDir)).toEqual([]);
    await rm(otherDir, { recursive: true });
  }, 120_000);

  it('on the same state is one sentence that names the process, and exit code 1', async () => {
    const refused = npmStart({ stateDir, ports: await findPorts() });
    const { exitCode } = await refused.waitForExit();

    expect(exitCode).toBe(1);
    expect(refused.output.trim()).toMatch(/^Tidemark runs already on [^\n]+ \(process \d+\): [^\n]+\.$/);
    expect(stack.exitCode).toBeUndefined();
  }, 120_000);

  it('ends by Ctrl-C within 15 s with exit code 0, and leaves no process', async () => {
    storedBefore = (await readStreamStatus(api)).stored;
    expect(listProcesses(stateDir).length).toBeGreaterThanOrEqual(5);

    await interruptAndExpectTheEnd();
  }, 60_000);

  it('again is ready soon, with the data still there', async () => {
    stack = npmStart({ stateDir, ports });
    const { durationMs } = await stack.waitUntilReady();
    tell(`npm start: second start: ready after ${durationMs} ms`);

    expect(durationMs).toBeLessThan(Math.max(SECOND_START_MS, 2 * firstStartMs));
    const { stored, open_gaps } = await readStreamStatus(api);
    expect(stored).toBeGreaterThanOrEqual(storedBefore);
    expect(open_gaps).toBe(0);
    await waitUntil(async () => (await readStreamStatus(api)).stored > storedBefore + GENERATED, {
      withinMs: 60_000,
      everyMs: 100,
    });
  }, 300_000);

  it('and again ends by Ctrl-C', interruptAndExpectTheEnd, 60_000);
});

async function interruptAndExpectTheEnd(): Promise<void> {
  stack.interrupt();
  const { exitCode, durationMs } = await stack.waitForExit();
  tell(`npm start: stop: ${durationMs} ms`);

  expect(exitCode).toBe(0);
  expect(durationMs).toBeLessThan(STOP_MS);
  await waitUntil(() => listProcesses(stateDir).length === 0, { withinMs: STOP_MS - durationMs });
  expect((await readdir(join(stateDir, 'run'))).filter((file) => file.endsWith('.pid'))).toEqual([]);
}
