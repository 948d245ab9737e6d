import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

export const PACKAGE = resolve(__dirname, '../..');
/** The framework's command. */
export const SLS = resolve(PACKAGE, '../../node_modules/.bin/sls');

export interface Running {
  child: ChildProcess;
  /** What it has printed. */
  output(): string;
  /** SIGTERM; resolves with code and signal. */
  stop(): Promise<unknown[]>;
}

/** Starts a Node program and keeps what it prints. */
export function startNode(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Running {
  const child = spawn('node', args, { cwd: options.cwd, env: { ...process.env, ...options.env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return {
    child,
    output: () => output,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      return exited;
    },
  };
}

/** Runs a command to its end and returns what it printed; rejects with that if it fails. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const env = { ...process.env, ...options.env };
  const { stdout } = await promisify(execFile)(command, args, { cwd: options.cwd, env, maxBuffer: 1e8 });
  return stdout;
}

/** The trigger's own lines with this message. */
export function readLines(output: string, message: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line.message === message);
}
