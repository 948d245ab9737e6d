import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const runFile = promisify(execFile);
/** TCP_LISTEN in the kernel's include/net/tcp_states.h. */
const LISTEN_STATE = '0A';

/**
 * Who listens on the port, such as `node (process 4711)`, as far as this user may see it. Linux tells in /proc
 * (https://docs.kernel.org/networking/proc_net_tcp.html), which needs no tool; elsewhere `lsof` does.
 */
export async function findPortHolder(port: number): Promise<string | undefined> {
  try {
    return process.platform === 'linux' ? await findInProc(port) : await findByLsof(port);
  } catch {
    return undefined; // a nicety of the message: the port is taken, whoever has it
  }
}

async function findInProc(port: number): Promise<string | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readIfThere));
  const sockets = new Set(
    tables.flatMap((table) => listListeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  );
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await hasSocket(pid, sockets))
      return `${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (process ${pid})`;
  }
  return undefined;
}

/** Columns: slot, local address:port (hex), remote, state, queues, timers, retransmits, uid, timeout, inode. */
function listListeningInodes(table: string, port: number): string[] {
  const localPort = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(localPort) && columns[3] === LISTEN_STATE)
    .map((columns) => columns[9] ?? '');
}

async function hasSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []); // another user's process, or one that just ended
  const targets = await Promise.all(descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return targets.some((target) => sockets.has(target));
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => ''); // no IPv6, no tcp6
}

async function findByLsof(port: number): Promise<string | undefined> {
  const { stdout } = await runFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  const [pid, command] = [/^p(\d+)/m.exec(stdout)?.[1], /^c(.+)/m.exec(stdout)?.[1]];
  return pid === undefined ? undefined : `${command ?? 'a process'} (process ${pid})`;
}
