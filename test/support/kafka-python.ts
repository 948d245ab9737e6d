import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../localstack/kafka/run-command.ts';

const VERSION = '2.16.1';

/**
 * Runs a Python program with the unmodified `confluent-kafka` client from PyPI, which is fetched once per user.
 * Returns what it printed; rejects with its last lines when it fails.
 */
export async function runWithConfluentKafka(program: string, args: readonly string[] = []): Promise<string> {
  const packages = await installConfluentKafka();
  return runCommand('python3', ['-c', program, ...args], { PYTHONPATH: packages });
}

async function installConfluentKafka(): Promise<string> {
  const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
  const home = join(cacheDir, `confluent-kafka-${VERSION}`);
  if (await exists(home)) return home;
  await mkdir(cacheDir, { recursive: true });
  const staging = await mkdtemp(`${home}.`);
  try {
    await runCommand('python3', [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--target',
      staging,
      `confluent-kafka==${VERSION}`,
    ]);
    await rename(staging, home);
  } catch (cause) {
    if (!(await exists(home))) throw cause; // else another test was first
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return home;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
