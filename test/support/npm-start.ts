import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ClickHouse, createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { loadCredentials } from '../../localstack/start/credentials.ts';
import { buildStackEnvironment } from '../../localstack/start/environment.ts';
import { readProcessStart } from '../../localstack/start/process-identity.mjs';
import { PORT_VARIABLES, type PortName, type Ports, readSettings } from '../../localstack/start/settings.ts';
import { waitUntil } from './wait-until.ts';

/** `npm start` as a person runs it, from spawn to exit. */
export interface NpmStart {
  /** Both streams, as far as they have been written. */
  readonly output: string;
  /** Undefined while it runs. */
  readonly exitCode: number | null | undefined;
  /** Resolves with how long it took. @throws Error with what it said when it ends before */
  waitUntilReady(): Promise<{ durationMs: number }>;
  /** Resolves with the exit code and the time since the call. */
  waitForExit(): Promise<{ exitCode: number | null; durationMs: number }>;
  /** Ctrl-C: SIGINT for the whole foreground group, as a terminal sends it. */
  interrupt(): void;
}

export interface NpmStartOptions {
  readonly stateDir: string;
  readonly ports: Ports;
  readonly args?: readonly string[];
}

const READY_WITHIN_MS = 240_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm start` in a process group of its own. */
export function npmStart(options: NpmStartOptions): NpmStart {
  const startedAtMs = Date.now();
  const child = spawn('npm', ['start', '--silent', '--', ...(options.args ?? [])], {
    cwd: root,
    env: buildEnvironment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let exitCode: number | null | undefined;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  child.once('close', (code) => {
    exitCode = code;
  });
  const hasExited = () => exitCode !== undefined;
  return {
    get output() {
      return output;
    },
    get exitCode() {
      return exitCode;
    },
    async waitUntilReady() {
      await waitUntil(() => hasExited() || /^ready http/m.test(output), { withinMs: READY_WITHIN_MS });
      if (hasExited()) throw new Error(`npm start ended with code ${exitCode}: ${output}`);
      return { durationMs: Date.now() - startedAtMs };
    },
    async waitForExit() {
      const askedAtMs = Date.now();
      await waitUntil(hasExited, { withinMs: 60_000 });
      return { exitCode: exitCode ?? null, durationMs: Date.now() - askedAtMs };
    },
    interrupt: () => signalGroup(child, 'SIGINT'),
  };
}

/** Every living process that was started with this state: npm, the supervisor, its guard, the parts and theirs. */
export function listProcesses(stateDir: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    const isOurs = readEnvironment(pid).split('\0').includes(`TIDEMARK_STATE=${stateDir}`);
    return isOurs && readProcessStart(pid) !== undefined;
  });
}

/** ClickHouse of the stack that was started with this state and these ports, as the user `query`. */
export async function openReader(options: NpmStartOptions): Promise<ClickHouse> {
  const env = buildEnvironment(options);
  const credentials = await loadCredentials(options.stateDir, env);
  return createClickHouse(readConfig(buildStackEnvironment(readSettings(env), credentials, env)), 'query');
}

function buildEnvironment({ stateDir, ports }: NpmStartOptions): Record<string, string | undefined> {
  const { KAFKA_BROKERS, CLICKHOUSE_URL, S3_ENDPOINT, AWS_ENDPOINT_URL, ...rest } = process.env;
  const names = Object.keys(PORT_VARIABLES) as PortName[];
  const portVariables = names.map((name) => [PORT_VARIABLES[name].variable, String(ports[name])]);
  return { ...rest, ...Object.fromEntries(portVariables), TIDEMARK_STATE: stateDir };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}

/** Empty where the process has gone, or is another user's. */
function readEnvironment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
