import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '@tidemark/platform/errors';
import { buildClassArchive } from './class-archive.ts';
import { findJava, type Java } from './java.ts';
import { CommandFailed, runCommand } from './run-command.ts';

/** Kafka on this machine, ready to run. */
export interface KafkaInstall {
  java: Java;
  /** The jars in a fixed order, as `-cp` takes them: the class-data archive is valid for one order only. */
  classPath: string;
  /** Class-data archive (`.jsa`): halves the start time. */
  classArchive: string;
}

const KAFKA_VERSION = '4.3.1';
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));

/**
 * Installs Kafka once per user: jars by Maven into the cache, then a class-data archive for the Java at hand.
 * A second call finds everything there. Two calls at once are harmless: each works aside and renames.
 *
 * `cacheDir` defaults to `$XDG_CACHE_HOME/tidemark`, else `~/.cache/tidemark`.
 *
 * Errors: `ConfigError` with the remedy when Java or Maven is missing or Maven cannot reach its repository.
 */
export async function installKafka(
  options: { cacheDir?: string; onProgress?: (line: string) => void } = {},
): Promise<KafkaInstall> {
  const { cacheDir = defaultCacheDir(), onProgress = () => {} } = options;
  await mkdir(cacheDir, { recursive: true });
  const java = await findJava(cacheDir, onProgress);
  const home = join(cacheDir, `kafka-${KAFKA_VERSION}`);
  if ((await listJars(home)).length === 0) await downloadJars(home, java, onProgress);
  const classPath = (await listJars(home)).map((jar) => join(home, jar)).join(':');
  const install = { java, classPath, classArchive: join(home, `classes-${java.version}.jsa`) };
  await buildClassArchive(install, onProgress);
  return install;
}

function defaultCacheDir(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
}

async function listJars(home: string): Promise<string[]> {
  await mkdir(home, { recursive: true });
  return (await readdir(home)).filter((name) => name.endsWith('.jar')).sort();
}

async function downloadJars(home: string, java: Java, onProgress: (line: string) => void): Promise<void> {
  onProgress(`fetching Apache Kafka ${KAFKA_VERSION} by Maven (44 MB)`);
  const staging = await mkdtemp(`${home}.`);
  try {
    const properties = [`-Dkafka.version=${KAFKA_VERSION}`, `-DoutputDirectory=${staging}`];
    await runCommand('mvn', ['-q', '-B', '-f', POM, COPY_JARS, ...properties], java.env);
    await rename(staging, home).catch((cause) => acceptWinner(home, cause));
  } catch (cause) {
    throw explainMavenFailure(cause);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Whoever renamed first has the same jars: a folder that is not empty refuses the second rename. */
async function acceptWinner(home: string, cause: unknown): Promise<void> {
  if ((await listJars(home)).length === 0) throw cause;
}

function explainMavenFailure(cause: unknown): ConfigError {
  return new ConfigError(
    cause instanceof CommandFailed && cause.isMissing
      ? 'Kafka is fetched by Maven and `mvn` was not found; install it (`apt install maven`, `brew install maven`), or set KAFKA_BROKERS to a Kafka of yours.'
      : 'Maven could not fetch Kafka; check the network and ~/.m2/settings.xml, or set KAFKA_BROKERS to a Kafka of yours.',
    cause,
  );
}
