import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signalProcessGroup } from '../../../localstack/start/process-group.ts';
import { RunDirectory } from '../../../localstack/start/run-directory.ts';
import { takeStateLock } from '../../../localstack/start/state-lock.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { isAlive } from './is-alive.ts';

const program = fileURLToPath(new URL('fake-supervisor.ts', import.meta.url));

let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tidemark-crash-'));
});

afterEach(() => rm(stateDir, { recursive: true, force: true }));

describe('after kill -9', () => {
  it('of the supervisor, nothing of the stack runs on', async () => {
    const { supervisor, part, child } = await startFakeSupervisor();

    supervisor.kill('SIGKILL');

    await waitUntil(() => ![part, child].some(isAlive));
  });

  it('of supervisor and guard, the next start ends what is left', async () => {
    const { supervisor, part, child } = await startFakeSupervisor();
    // Standing still, it does not start another guard between the two.
    supervisor.kill('SIGSTOP');
    signalProcessGroup(findGuard(supervisor), 'SIGKILL');
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    expect([part, child].every(isAlive)).toBe(true);

    expect(await new RunDirectory(stateDir).endLeftovers()).toEqual(['fake']);

    expect([part, child].some(isAlive)).toBe(false);
  });

  it('of the guard alone, another takes its place', async () => {
    const { supervisor, part } = await startFakeSupervisor();
    const first = findGuard(supervisor);
    signalProcessGroup(first, 'SIGKILL');
    await waitUntil(() => findGuard(supervisor) !== first);

    supervisor.kill('SIGKILL');

    await waitUntil(() => !isAlive(part));
  });

  it('a process that got the id of a former part is left alone', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    await once(stranger, 'spawn');
    const runDirectory = new RunDirectory(stateDir);
    runDirectory.record('fake', stranger.pid as number);
    const path = join(stateDir, 'run', 'fake.pid');
    await writeFile(path, readFileSync(path, 'utf8').replace(/"startedAt":"/, '"startedAt":"1'));

    expect(await runDirectory.endLeftovers()).toEqual([]);

    expect(isAlive(stranger.pid as number)).toBe(true);
    stranger.kill('SIGKILL');
  });
});

describe('the lock of the state', () => {
  it('is refused while another process has it, naming that process', async () => {
    const holder = await startHolder();

    expect(() => takeStateLock(stateDir)).toThrow(`runs already on ${stateDir} (process ${holder.pid})`);

    holder.kill('SIGKILL');
  });

  it('is taken over from a process that was killed', async () => {
    const holder = await startHolder();
    holder.kill('SIGKILL');
    await once(holder, 'exit');

    expect(() => takeStateLock(stateDir).release()).not.toThrow();
  });

  it('goes to one of many that want it at once', async () => {
    const holders = await Promise.all(Array.from({ length: 6 }, () => startHolder('or tell')));

    const outcomes = await Promise.all(holders.map(readFirstLine));
    expect(outcomes.filter((line) => line === 'held')).toHaveLength(1);

    for (const holder of holders) holder.kill('SIGKILL');
  });
});

async function startFakeSupervisor() {
  const supervisor = spawn(process.execPath, ['--import', 'tsx', program, stateDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  supervisor.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await waitUntil(() => /part \d+/.test(output) && /child \d+/.test(output), { withinMs: 40_000 });
  return {
    supervisor,
    part: Number(/part (\d+)/.exec(output)?.[1]),
    child: Number(/child (\d+)/.exec(output)?.[1]),
  };
}

/** The guard is the child of the supervisor that is a shell. */
function findGuard(supervisor: ChildProcess): number {
  const children = readFileSync(`/proc/${supervisor.pid}/task/${supervisor.pid}/children`, 'utf8').trim().split(' ');
  const guard = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('guard.sh'));
  if (guard === undefined) throw new Error('there is no guard');
  return Number(guard);
}

/** A process that takes the lock, says `held` or `refused`, and stays. */
async function startHolder(mode: 'must' | 'or tell' = 'must'): Promise<ChildProcess> {
  const lockModule = new URL('../../../localstack/start/lock-file.mjs', import.meta.url).href;
  const lock = join(stateDir, 'run', 'tidemark.lock');
  const script = `import { acquireLock } from ${JSON.stringify(lockModule)};
    console.log(acquireLock(${JSON.stringify(lock)}).release ? 'held' : 'refused'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (mode === 'must') expect(await readFirstLine(holder)).toBe('held');
  return holder;
}

async function readFirstLine(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer];
  return chunk.toString().trim();
}
