import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Part } from '../../../localstack/start/part.ts';
import { RunDirectory } from '../../../localstack/start/run-directory.ts';
import { Supervisor } from '../../../localstack/start/supervisor.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { isAlive } from './is-alive.ts';

const WAVES = [{ parts: ['fake'], graceMs: 500 }];
const TIMES = { firstBackoffMs: 20, maxBackoffMs: 100, probeWhileReadyMs: 20, unresponsiveAfterMs: 400 };

let stateDir: string;
let lines: string[];
let supervisor: Supervisor;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tidemark-supervise-'));
  lines = [];
  supervisor = new Supervisor({
    root: stateDir,
    stateDir,
    runDirectory: new RunDirectory(stateDir),
    report: (part, line) => lines.push(`${part}: ${line}`),
    times: TIMES,
  });
});

afterEach(async () => {
  await supervisor.stop(WAVES);
  await rm(stateDir, { recursive: true });
});

describe('the supervisor', () => {
  it('starts a part, keeps its output in its log, and shows the important lines', async () => {
    await supervisor.start(
      nodePart('console.log("a detail"); console.log("ERROR it matters"); setInterval(() => {}, 1000)'),
    );

    await waitUntil(() => lines.includes('fake: ERROR it matters'));

    expect(lines.some((line) => line.includes('a detail'))).toBe(false);
    expect(readLog()).toContain('a detail\nERROR it matters\n');
  });

  it('restarts a part that was killed, and says so', async () => {
    await supervisor.start(nodePart('setInterval(() => {}, 1000)'));
    const first = supervisor.pid('fake');

    supervisor.kill('fake', 'SIGKILL');

    await waitUntil(() => supervisor.pid('fake') !== undefined && supervisor.pid('fake') !== first);
    await waitUntil(() => supervisor.state('fake') === 'ready');
    expect(lines).toContainEqual(expect.stringMatching(/^fake: ended by SIGKILL; starting it again in 0\.0 s$/));
    expect(lines).toContainEqual(expect.stringMatching(/^fake: ready again/));
  });

  it('ends what a killed part leaves behind before it starts the part again', async () => {
    await supervisor.start(nodePart(childOf('setInterval(() => {}, 1000)')));
    const grandchild = await readGrandchild();

    supervisor.kill('fake', 'SIGKILL');

    await waitUntil(() => !isAlive(grandchild));
  });

  it('ends a part that runs but no longer answers, and starts it again', async () => {
    let isAnswering = true;
    await supervisor.start({ ...nodePart('setInterval(() => {}, 1000)'), isReady: async () => isAnswering });
    const first = supervisor.pid('fake');

    isAnswering = false;
    await waitUntil(() => lines.some((line) => line.includes('has not answered for 0.4 s')));
    isAnswering = true;

    await waitUntil(() => supervisor.state('fake') === 'ready' && supervisor.pid('fake') !== first);
  });

  it('gives up on a part that never becomes ready, with its last words', async () => {
    const start = supervisor.start(
      nodePart('console.error("no such file: x.conf"); process.exit(3)', async () => false),
    );

    await expect(start).rejects.toThrow(/^fake ended with code 3; its last words: no such file: x\.conf/);
  });

  it('says what is wrong when the program is not there', async () => {
    const start = supervisor.start({ ...nodePart('', async () => false), command: '/nowhere/java' });

    await expect(start).rejects.toThrow(/^fake could not be run \(spawn \/nowhere\/java ENOENT\)/);
  });

  it('stops a part and its children, and kills those that do not want to', async () => {
    await supervisor.start(nodePart(`process.on('SIGTERM', () => {}); ${childOf('setInterval(() => {}, 1000)')}`));
    const [part, grandchild] = [supervisor.pid('fake') as number, await readGrandchild()];
    const startedAt = Date.now();

    await supervisor.stop(WAVES);

    expect(Date.now() - startedAt).toBeLessThan(3_000);
    expect([part, grandchild].filter(isAlive)).toEqual([]);
    expect(supervisor.state('fake')).toBe('stopped');
  });

  it('ends a start that has not come to its end', async () => {
    const start = supervisor.start(nodePart('setInterval(() => {}, 1000)', async () => false));
    await waitUntil(() => supervisor.pid('fake') !== undefined);

    await Promise.all([expect(start).rejects.toThrow('fake was stopped before it was ready'), supervisor.stop(WAVES)]);

    expect(supervisor.pid('fake')).toBeUndefined();
  });
});

function nodePart(script: string, isReady = async (): Promise<boolean> => true): Part {
  return {
    name: 'fake',
    command: process.execPath,
    args: ['-e', script],
    env: {},
    isReady,
    pickImportant: (line) => (line.startsWith('ERROR') ? line : undefined),
  };
}

/** A script that starts another process in its group, and prints its id. */
function childOf(script: string): string {
  return `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(script)}]); console.log('child', c.pid); setInterval(() => {}, 1000);`;
}

async function readGrandchild(): Promise<number> {
  await waitUntil(() => /child \d+/.test(readLog()));
  return Number(/child (\d+)/.exec(readLog())?.[1]);
}

function readLog(): string {
  return readFileSync(join(stateDir, 'logs', 'fake.log'), 'utf8');
}
