import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSameProcessAlive, readProcessStart } from './process-identity.mjs';

/**
 * Takes the lock at `path` for this process, or tells who holds it. A lock whose process has ended, however it ended,
 * is taken over. The file appears with its content at once (by a hard link), so that nobody reads half of it.
 */
export function acquireLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startedAt: readProcessStart(process.pid) }));
  try {
    while (!tryLink(mine, path)) {
      const holder = readHolder(path);
      if (holder !== undefined && isSameProcessAlive(holder)) return { heldBy: holder.pid };
      removeStale(path);
    }
    return { release: () => rmSync(path, { force: true }) };
  } finally {
    rmSync(mine, { force: true });
  }
}

function tryLink(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Moves the stale file away before deleting it: if another process took the lock meanwhile, it gets its file back. */
function removeStale(path) {
  const moved = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const holder = readHolder(moved);
  if (holder !== undefined && isSameProcessAlive(holder)) tryLink(moved, path);
  rmSync(moved, { force: true });
}
