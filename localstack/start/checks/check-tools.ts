import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Environment } from '../settings.ts';

const runFile = promisify(execFile);
const MIN_JAVA = 17;
const MIN_PYTHON = [3, 10] as const;

/** What is wrong, as one sentence with its remedy; undefined when nothing is. */
export type Finding = string | undefined;

/** Kafka runs on Java. `JAVA_HOME` comes before the PATH. */
export async function checkJava(env: Environment): Promise<Finding> {
  const commands = [...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : []), 'java'];
  const versions = await Promise.all(commands.map((command) => readJavaVersion(command, env)));
  const found = versions.filter((version) => version !== undefined);
  if (found.some((version) => version >= MIN_JAVA)) return undefined;
  const what = found.length === 0 ? 'none was found' : `only Java ${found.join(' and ')} was found`;
  return (
    `Kafka needs Java ${MIN_JAVA} or newer, and ${what}: install one (\`apt install openjdk-17-jre-headless\`, ` +
    '`brew install openjdk`) or point JAVA_HOME to one, or set KAFKA_BROKERS to a Kafka of yours.'
  );
}

/** The emulator runs on Python, in a virtual environment of its own. */
export async function checkPython(env: Environment): Promise<Finding> {
  const [major, minor] = MIN_PYTHON;
  const remedy =
    '(`apt install python3 python3-venv`, `brew install python`), or set S3_ENDPOINT to an S3-compatible store of yours.';
  const script = 'import sys; print("%d.%d" % sys.version_info[:2]); import venv, ensurepip; print("venv")';
  const output = await run('python3', ['-c', script], env);
  const version = /^(\d+)\.(\d+)/.exec(output ?? '');
  const need = `The emulator needs Python ${major}.${minor} or newer`;
  if (version === null) return `${need}, and \`python3\` was not found: install it ${remedy}`;
  const [foundMajor, foundMinor] = [Number(version[1]), Number(version[2])];
  if (foundMajor < major || (foundMajor === major && foundMinor < minor)) {
    return `${need}, and \`python3\` is ${version[0]}: install a newer one ${remedy}`;
  }
  if (output?.includes('venv')) return undefined;
  return `${need} with its venv module, which this \`python3\` lacks: install it ${remedy}`;
}

async function readJavaVersion(command: string, env: Environment): Promise<number | undefined> {
  const version = /version "(1\.)?(\d+)/.exec((await run(command, ['-version'], env)) ?? '')?.[2];
  return version === undefined ? undefined : Number(version);
}

/** What the program printed, also when it failed; undefined when it cannot be run. */
async function run(command: string, args: string[], env: Environment): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await runFile(command, args, { env: { ...env } });
    return stdout + stderr;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    return typeof code === 'number' ? stdout : undefined;
  }
}
