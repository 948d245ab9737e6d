import { once } from 'node:events';
import { createServer } from 'node:net';
import { PORT_VARIABLES, type PortName } from '../settings.ts';
import type { Finding } from './check-python.ts';
import { findPortHolder } from './find-port-holder.ts';

/** Whether one of our parts can listen there. */
export async function checkPort({ name, port }: { name: PortName; port: number }): Promise<Finding> {
  const code = await tryListen(port);
  if (code === undefined) return undefined;
  const { variable } = PORT_VARIABLES[name];
  if (code === 'EACCES') {
    return `Port ${port} (${variable}) needs rights that you lack: set ${variable} to a port from 1024 up.`;
  }
  const holder = await findPortHolder(port);
  const taken = holder === undefined ? 'is taken' : `is taken by ${holder}`;
  return `Port ${port} ${taken}: stop what listens there, or set ${variable} to another port.`;
}

/** The error's code where listening failed. */
async function tryListen(port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    server.close();
  }
}
