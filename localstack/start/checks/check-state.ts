import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Finding } from './check-python.ts';

const MIN_FREE_BYTES = 2_000_000_000;

/** The state directory must be there, or be possible to make, and we must be allowed to write into it. */
export async function checkStateDirectory(stateDir: string): Promise<Finding> {
  try {
    await makeDirectory(stateDir);
    await access(stateDir, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `The state directory ${stateDir} cannot be written (${code}): make it writable, or set TIDEMARK_STATE to another one.`;
  }
}

/** Below this much free space Kafka and ClickHouse soon stop taking writes. */
export async function checkDiskSpace(stateDir: string, minFreeBytes = MIN_FREE_BYTES): Promise<Finding> {
  const { bavail, bsize } = await statfs(stateDir);
  const freeBytes = bavail * bsize;
  if (freeBytes >= minFreeBytes) return undefined;
  const [free, needed] = [freeBytes, minFreeBytes].map((bytes) => (bytes / 1e9).toFixed(1));
  return `The disk of ${stateDir} has ${free} GB free and Tidemark needs ${needed} GB: free some, or set TIDEMARK_STATE to a directory on another disk.`;
}

/** Step by step: Node's own `recursive` never comes back from a place like /proc, which says ENOENT for ever. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}
