import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ClickHouse, createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { invokeFunction } from '../../localstack/invoke/invoke-function.ts';
import { PORT_VARIABLES, type PortName, type Ports } from '../../localstack/start/settings.ts';
import { type Detour, type Stack, startStack } from '../../localstack/start/stack.ts';
import { findFreePorts } from './find-free-ports.ts';

/** The real stack on ports and state of its own, with the ways in that tests need. */
export interface TestStack extends Stack {
  /** ClickHouse as the user `admin`. */
  readonly admin: ClickHouse;
  /** ClickHouse as the user `query`. */
  readonly reader: ClickHouse;
  get(path: string): Promise<{ status: number; body: unknown }>;
  /** @throws Error with what the function said when it fails */
  invoke(functionName: string, payload?: unknown): Promise<unknown>;
  /** Runs `npm run <command>` against the stack, from a shell's point of view. */
  run(command: string, ...args: string[]): Promise<{ code: number | null; output: string }>;
}

export interface TestStackOptions {
  readonly stateDir?: string;
  readonly ports?: Ports;
  /** Whether batch functions run every minute; if not, only when a test invokes them. */
  readonly hasSchedules?: boolean;
  readonly detour?: Detour;
}

/** Starts the stack without a generator. Stop it in `afterAll`; its state goes with it unless it was given. */
export async function startTestStack({
  stateDir,
  ports,
  hasSchedules = true,
  detour,
}: TestStackOptions = {}): Promise<TestStack> {
  const ownDir = stateDir ?? (await mkdtemp(join(tmpdir(), 'tidemark-test-')));
  const { KAFKA_BROKERS, CLICKHOUSE_URL, S3_ENDPOINT, AWS_ENDPOINT_URL, ...env } = process.env;
  const stack = await startStack({
    stateDir: ownDir,
    ports: ports ?? (await findPorts()),
    generate: false,
    ...(detour && { detour }),
    env: { ...env, ...(!hasSchedules && { TIDEMARK_SCHEDULES: 'false' }) },
  });
  const config = readConfig(stack.environment);
  const admin = createClickHouse(config, 'admin');
  const reader = createClickHouse(config, 'query');
  return {
    ...stack,
    admin,
    reader,
    get: async (path) => {
      const response = await fetch(`${stack.urls.api}${path}`);
      return { status: response.status, body: await response.json() };
    },
    invoke: async (functionName, payload = {}) => {
      const outcome = await invokeFunction(stack.urls.lambda, functionName, payload);
      if (outcome.hasFailed) throw new Error(`${functionName}: ${JSON.stringify(outcome.payload)}`);
      return outcome.payload;
    },
    run: (command, ...args) =>
      runCommand({ ...stack.environment, LAMBDA_PORT: String(stack.settings.ports.lambda) }, command, args),
    stop: async () => {
      await Promise.all([admin.close(), reader.close()]);
      await stack.stop();
      if (stateDir === undefined) await rm(ownDir, { recursive: true, force: true });
    },
  };
}

/** A free port for every part. */
export async function findPorts(): Promise<Ports> {
  const names = Object.keys(PORT_VARIABLES) as PortName[];
  const ports = await findFreePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Ports;
}

async function runCommand(env: Readonly<Record<string, string>>, command: string, args: readonly string[]) {
  const child = spawn(process.execPath, ['localstack/bootstrap.mjs', command, ...args], { env });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  return { code, output: stdout + stderr };
}
