import { access, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startKafka } from './broker.ts';
import type { KafkaInstall } from './install.ts';
import { findFreePorts } from './ports.ts';

/**
 * Writes the class-data archive by running a broker once on throw-away state and letting it dump what it loaded.
 * Does nothing when the archive is there.
 *
 * Source: https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html
 */
export async function buildClassArchive(install: KafkaInstall, onProgress: (line: string) => void): Promise<void> {
  if (await exists(install.classArchive)) return;
  onProgress(`preparing a fast start for Java ${install.java.version} (once, some seconds)`);
  const stateDir = await mkdtemp(join(tmpdir(), 'tidemark-kafka-'));
  const staging = `${install.classArchive}.${basename(stateDir)}`;
  try {
    const places = { stateDir, ...(await findFreePorts()) };
    const broker = await startKafka({ install, ...places, archiveTo: staging, stopTimeoutMs: 60_000 });
    await broker.ready;
    await broker.stop();
    // A Java without a base archive dumps nothing; an empty file is ignored by the JVM and spares the next try.
    if (!(await exists(staging))) await writeFile(staging, '');
    await rename(staging, install.classArchive);
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
