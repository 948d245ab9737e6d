import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const executeFile = promisify(execFile);

/** A program that could not be started (`isMissing`) or that failed; the message ends in what it printed last. */
export class CommandFailed extends Error {
  readonly isMissing: boolean;
  /** The last lines of standard output, and of standard error behind them. */
  readonly output: string;
  /** In one line: the last that it printed, else how it ended. */
  readonly reason: string;

  constructor(command: string, cause: ExecutionError) {
    const { code, stdout = '', stderr = '', message } = cause;
    const isMissing = code === 'ENOENT';
    const lines = `${stdout}${stderr}`.trimEnd().split('\n').slice(-20);
    super(isMissing ? `${command} was not found` : `${command} failed:\n${lines.join('\n')}`, { cause });
    this.name = 'CommandFailed';
    this.isMissing = isMissing;
    this.output = lines.join('\n');
    this.reason = isMissing
      ? this.message
      : lines.at(-1)?.trim() || (typeof code === 'number' ? `it ended with ${code}` : message);
  }
}

type ExecutionError = Error & { code?: unknown; stdout?: string; stderr?: string };

/** Runs a program to its end and returns what it printed, standard output and error. Errors: `CommandFailed`. */
export async function runCommand(command: string, args: readonly string[], env: Readonly<NodeJS.ProcessEnv> = {}) {
  const options = { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await executeFile(command, args, options);
    return stdout + stderr;
  } catch (cause) {
    throw new CommandFailed(command, cause as ExecutionError);
  }
}

/** In one line, why a program did not do what it was run for. */
export function explainFailure(cause: unknown): string {
  return cause instanceof CommandFailed ? cause.reason : (cause as Error).message;
}
