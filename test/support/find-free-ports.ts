import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that the kernel gives away by itself (from 32768 up on Linux): nobody gets one by chance before it is
 * bound, or while what is to come back on it is away.
 */
const FIRST_PORT = 16_000;
/** Each worker of jest takes from a range of its own. */
const RANGES = 4;
const PORTS_PER_RANGE = 4_000;

const firstPort = FIRST_PORT + (Number(process.env.JEST_WORKER_ID ?? 0) % RANGES) * PORTS_PER_RANGE;
const given = new Set<number>();

/** Ports of 127.0.0.1 that are free, all different, also from those of the calls before. */
export async function findFreePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = firstPort + Math.floor(Math.random() * PORTS_PER_RANGE);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

/** One such port. */
export async function findFreePort(): Promise<number> {
  const [port] = (await findFreePorts(1)) as [number];
  return port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false; // the only thing a refused bind can tell here
  }
  await once(server.close(), 'close');
  return true;
}
