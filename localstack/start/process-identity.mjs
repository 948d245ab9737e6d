import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When the process began, as an opaque text that a later process of the same id does not share. Undefined when no such
 * process runs; a zombie does not run. Linux: field 22 of `/proc/<pid>/stat`, clock ticks since boot
 * (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html); elsewhere what `ps` says.
 */
export function readProcessStart(pid) {
  return process.platform === 'linux' ? readFromProc(pid) : readFromPs(pid);
}

/** Whether the process that was recorded as `{ pid, startedAt }` still runs. */
export function isSameProcessAlive({ pid, startedAt }) {
  return startedAt !== undefined && readProcessStart(pid) === startedAt;
}

function readFromProc(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the command's name in parentheses, and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  return state === 'Z' || state === 'X' ? undefined : startTicks;
}

function readFromPs(pid) {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}
