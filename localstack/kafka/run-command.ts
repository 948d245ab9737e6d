import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const executeFile = promisify(execFile);

/** A program that could not be started (`isMissing`) or that failed; the message ends in what it printed last. */
export class CommandFailed extends Error {
  readonly isMissing: boolean;

  constructor(command: string, isMissing: boolean, output: string, cause: unknown) {
    super(isMissing ? `${command} was not found` : `${command} failed:\n${output}`, { cause });
    this.name = 'CommandFailed';
    this.isMissing = isMissing;
  }
}

/** Runs a program to its end and returns what it printed, standard output and error. Errors: `CommandFailed`. */
export async function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 };
  try {
    const { stdout, stderr } = await executeFile(command, args, options);
    return stdout + stderr;
  } catch (cause) {
    const { code, stdout = '', stderr = '' } = cause as { code?: unknown; stdout?: string; stderr?: string };
    const lastLines = `${stdout}${stderr}`.trimEnd().split('\n').slice(-20).join('\n');
    throw new CommandFailed(command, code === 'ENOENT', lastLines, cause);
  }
}
