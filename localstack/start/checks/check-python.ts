import { CommandFailed, runCommand } from '../../kafka/run-command.ts';
import type { Environment } from '../settings.ts';

const MIN_PYTHON = [3, 10] as const;
const SCRIPT = 'import sys; print("%d.%d" % sys.version_info[:2]); import venv, ensurepip; print("venv")';

/** What is wrong, as one sentence with its remedy; undefined when nothing is. */
export type Finding = string | undefined;

/** The emulator runs on Python, in a virtual environment of its own. */
export async function checkPython(env: Environment): Promise<Finding> {
  const [major, minor] = MIN_PYTHON;
  const need = `The emulator needs Python ${major}.${minor} or newer`;
  const remedy =
    '(`apt install python3 python3-venv`, `brew install python`), or set S3_ENDPOINT to an S3-compatible store of yours.';
  const { output, failure } = await runPython(env);
  if (failure?.isMissing) return `${need}, and \`python3\` was not found: install it ${remedy}`;
  const version = /^(\d+)\.(\d+)/.exec(output);
  if (version === null) {
    const reason = failure?.reason ?? 'it tells no version';
    return `${need}, and \`python3\` does not run (${reason}): mend it or install another ${remedy}`;
  }
  const [foundMajor, foundMinor] = [Number(version[1]), Number(version[2])];
  if (foundMajor < major || (foundMajor === major && foundMinor < minor)) {
    return `${need}, and \`python3\` is ${version[0]}: install a newer one ${remedy}`;
  }
  if (output.includes('venv')) return undefined;
  return `${need} with its venv module, which this \`python3\` lacks: install it ${remedy}`;
}

async function runPython(env: Environment): Promise<{ output: string; failure?: CommandFailed }> {
  try {
    return { output: await runCommand('python3', ['-c', SCRIPT], env) };
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    return { output: error.output, failure: error };
  }
}
