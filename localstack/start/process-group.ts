import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;
/** How long a process may take to die of SIGKILL: while it waits for a disk, it does not. */
const BURIAL_MS = 1_000;

/** Sends `signal` to every process of the group; false when there is none left. */
export function signalProcessGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Ends every process of the group: SIGTERM, and SIGKILL for what is still there after `graceMs`. */
export async function endProcessGroup(groupId: number, graceMs: number): Promise<void> {
  if (!signalProcessGroup(groupId, 'SIGTERM')) return;
  if (await isGroupGone(groupId, graceMs)) return;
  signalProcessGroup(groupId, 'SIGKILL');
  await isGroupGone(groupId, BURIAL_MS);
}

async function isGroupGone(groupId: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isGroupAlive(groupId)) {
    if (Date.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** A group of zombies is dead, though it takes signals: in a container nobody may ever collect them. */
function isGroupAlive(groupId: number): boolean {
  if (!signalProcessGroup(groupId, 0)) return false;
  if (process.platform !== 'linux') return true;
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isLivingMember(name, groupId));
}

/** Fields 3 and 5 of `/proc/<pid>/stat`: state and process group; the second may hold spaces, in parentheses. */
function isLivingMember(pid: string, groupId: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === String(groupId) && state !== 'Z' && state !== 'X';
  } catch {
    return false; // it ended while we looked
  }
}
