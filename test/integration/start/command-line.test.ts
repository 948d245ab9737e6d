import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PORT_VARIABLES } from '../../../localstack/start/settings.ts';
import { takeStateLock } from '../../../localstack/start/state-lock.ts';
import { findFreePorts } from '../../support/find-free-ports.ts';

const bootstrap = fileURLToPath(new URL('../../../localstack/bootstrap.mjs', import.meta.url));
const TIMEOUT_MS = 30_000;

let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tidemark-cli-'));
});

afterEach(() => rm(stateDir, { recursive: true, force: true }));

describe('npm start', () => {
  it(
    'tells a busy port in one sentence, and starts nothing',
    async () => {
      const server = createServer().listen(0, '127.0.0.1').unref();
      await once(server, 'listening');
      const { port } = server.address() as { port: number };

      const { exitCode, stdout, stderr } = await runCommand(['start'], { API_PORT: String(port) });

      expect(exitCode).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(new RegExp(`^Port ${port} is taken by .*set API_PORT to another port\\.\n$`));
      expect(existsSync(join(stateDir, 'logs'))).toBe(false);
      server.close();
    },
    TIMEOUT_MS,
  );

  it(
    'tells that Java and Python are missing',
    async () => {
      const { exitCode, stderr } = await runCommand(['start'], { PATH: dirname(stateDir), JAVA_HOME: '' });

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^Kafka needs Java 17 or newer.*\nThe emulator needs Python 3\.10 or newer.*\n$/);
    },
    TIMEOUT_MS,
  );

  it(
    'is refused while a stack runs on the same state',
    async () => {
      const lock = takeStateLock(stateDir);

      const { exitCode, stderr } = await runCommand(['start']);

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(new RegExp(`^Tidemark runs already on ${stateDir} \\(process ${process.pid}\\): .*\n$`));
      lock.release();
    },
    TIMEOUT_MS,
  );

  it(
    'refuses an option that it does not know, with the ones it knows',
    async () => {
      const { exitCode, stderr } = await runCommand(['start', '--no-generator']);

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^Unknown option '--no-generator'[\s\S]*--no-generate /);
    },
    TIMEOUT_MS,
  );
});

describe('npm run reset', () => {
  it(
    'deletes nothing without a yes where nobody can be asked',
    async () => {
      const { exitCode, stderr } = await runCommand(['reset']);

      expect(exitCode).toBe(1);
      expect(stderr).toContain('`npm run reset -- --yes` deletes without asking');
      expect(existsSync(stateDir)).toBe(true);
    },
    TIMEOUT_MS,
  );

  it(
    'deletes the state with --yes',
    async () => {
      const { exitCode } = await runCommand(['reset', '--yes']);

      expect(exitCode).toBe(0);
      expect(existsSync(stateDir)).toBe(false);
    },
    TIMEOUT_MS,
  );
});

describe('npm run invoke', () => {
  it(
    'names the functions when there is none of that name',
    async () => {
      const { exitCode, stderr } = await runCommand(['invoke', 'nosuch']);

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^There is no function nosuch\. Functions: ingestRetailEvents, ingestUserEvents, runBatch, compact/,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'tells to start the stack when none runs',
    async () => {
      const [port] = await findFreePorts(1);

      const { exitCode, stderr } = await runCommand(['invoke', 'compact'], { LAMBDA_PORT: String(port) });

      expect(exitCode).toBe(1);
      expect(stderr).toContain(`No answer from http://127.0.0.1:${port}: start the stack with \`npm start\` first.`);
    },
    TIMEOUT_MS,
  );
});

describe('an unknown command', () => {
  it(
    'is told with the known ones',
    async () => {
      const { exitCode, stderr } = await runCommand(['toString']);

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^Unknown command "toString": one of start, /);
    },
    TIMEOUT_MS,
  );
});

async function runCommand(args: readonly string[], env: Record<string, string> = {}) {
  const { NODE_OPTIONS, ...inherited } = process.env;
  const child = spawn(process.execPath, [bootstrap, ...args], {
    env: { ...inherited, TIDEMARK_STATE: stateDir, ...(await chooseFreePorts()), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [readAll(child.stdout), readAll(child.stderr)];
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout: await stdout, stderr: await stderr };
}

async function chooseFreePorts(): Promise<Record<string, string>> {
  const names = Object.values(PORT_VARIABLES).map(({ variable }) => variable);
  const ports = await findFreePorts(names.length);
  return Object.fromEntries(names.map((name, index) => [name, String(ports[index])]));
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}
