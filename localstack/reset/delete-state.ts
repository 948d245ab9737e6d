import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunDirectory } from '../start/run-directory.ts';
import { StartError } from '../start/start-error.ts';
import { takeStateLock } from '../start/state-lock.ts';

/** What a start makes there; a directory with neither is somebody else's. */
const MARKS = ['run', 'credentials.env'];

/**
 * Deletes the state directory; false when there is none. Processes that a killed start has left are ended first.
 *
 * @throws StartError when a stack runs on it, or when it does not look like a state of ours
 */
export async function deleteState(stateDir: string): Promise<boolean> {
  if (!existsSync(stateDir)) return false;
  if (!MARKS.some((mark) => existsSync(join(stateDir, mark))) && (await readdir(stateDir)).length > 0) {
    throw new StartError(
      `${stateDir} does not look like Tidemark's state: check TIDEMARK_STATE, or delete it yourself.`,
    );
  }
  const lock = takeStateLock(stateDir);
  try {
    await new RunDirectory(stateDir).endLeftovers();
    await rm(stateDir, { recursive: true, force: true });
  } finally {
    lock.release();
  }
  return true;
}
