import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Two free ports on 127.0.0.1 for a broker and its controller; nothing keeps them free after the call. */
export async function findFreePorts(): Promise<{ port: number; controllerPort: number }> {
  const servers = await Promise.all([listen(0), listen(0)]);
  const [port, controllerPort] = servers.map(readPort) as [number, number];
  await Promise.all(servers.map(close));
  return { port, controllerPort };
}

/**
 * Waits until nothing listens on the port: a broker whose parent was killed needs a moment to stop.
 * Returns false when the port is still taken after `timeoutMs`.
 */
export async function awaitFreePort(port: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isFree(port))) {
    if (Date.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}

async function isFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return true;
  } catch {
    return false; // the only thing a refused bind can tell here
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function readPort(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
