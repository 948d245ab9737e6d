import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { loadCredentials } from '../../localstack/start/credentials.ts';
import { buildStackEnvironment, buildUrls, type Urls } from '../../localstack/start/environment.ts';
import { endProcessGroup } from '../../localstack/start/process-group.ts';
import { type Environment, PORT_VARIABLES, type Ports, readSettings } from '../../localstack/start/settings.ts';

/** A stack as `npm start` runs it, in processes of its own. */
export interface BenchStack {
  readonly urls: Urls;
  /** What the functions see. */
  readonly environment: Readonly<Record<string, string>>;
  /** From the command to "ready". */
  readonly readyAfterMs: number;
  /** Process group ids: the four parts and the supervisor. */
  readonly groups: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

export interface BenchStackOptions {
  readonly stateDir: string;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  /** Takes each line that `npm start` prints until it is ready. */
  readonly note: (line: string) => void;
}

const PARTS = ['kafka', 'clickhouse', 'emulator', 'functions'];
const STOP_GRACE_MS = 20_000;

/**
 * Starts the stack without a generator and without schedules: batch functions run when the bench invokes them.
 *
 * @throws Error with what it said when it does not become ready
 */
export async function startBenchStack({ stateDir, ports, signal, note }: BenchStackOptions): Promise<BenchStack> {
  const env = buildEnvironment(stateDir, ports);
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, ['localstack/bootstrap.mjs', 'start', '--no-generate'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // a group of its own, whose memory is the supervisor's
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('npm start could not be run');
  const stop = () => endProcessGroup(pid, STOP_GRACE_MS);
  const lines = createInterface({ input: child.stdout });
  try {
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      child.once('exit', (code) => reject(new Error(`npm start ended with code ${code}`)));
      lines.on('line', (line) => {
        note(line);
        if (line.startsWith('ready ')) resolve();
      });
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const readyAfterMs = performance.now() - startedAtMs;
  const settings = readSettings(env);
  return {
    urls: buildUrls(settings),
    environment: buildStackEnvironment(settings, await loadCredentials(stateDir, env), env),
    readyAfterMs,
    groups: Object.fromEntries([...PARTS.map((part) => [part, readPid(stateDir, part)]), ['supervisor', pid]]),
    async stop() {
      const ended = once(child, 'exit');
      await stop();
      await ended;
    },
  };
}

/** The caller's, but every part is ours. The npm variable makes `npm start` end with us, however we end. */
function buildEnvironment(stateDir: string, ports: Ports): Environment {
  const { KAFKA_BROKERS, CLICKHOUSE_URL, S3_ENDPOINT, AWS_ENDPOINT_URL, ...rest } = process.env;
  const portVariables = Object.entries(ports).map(([name, port]) => [
    PORT_VARIABLES[name as keyof Ports].variable,
    String(port),
  ]);
  return {
    ...rest,
    ...Object.fromEntries(portVariables),
    TIDEMARK_STATE: stateDir,
    TIDEMARK_SCHEDULES: 'false',
    npm_lifecycle_event: 'start',
  };
}

function readPid(stateDir: string, part: string): number {
  const { pid } = JSON.parse(readFileSync(join(stateDir, 'run', `${part}.pid`), 'utf8')) as { pid: number };
  return pid;
}
