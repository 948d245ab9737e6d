import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeError, type Log } from '../log.ts';
import type { PollerStats } from '../stats.ts';

/** What the status endpoint answers. */
export interface TriggerStatus {
  /** When it was written, ISO. */
  time: string;
  /** When the trigger started, ISO: counters count from then. */
  startedAt: string;
  mappings: PollerStats[];
}

export interface StatusServer {
  /** `http://127.0.0.1:port`; undefined if the port is taken. */
  url: string | undefined;
  close(): void;
}

/**
 * Serves state and counters of every mapping as JSON on the loopback address, for a status page that runs in another
 * process or thread. A port that is taken costs the endpoint, not the trigger. Port 0 takes any.
 */
export async function serveStatus(port: number, stats: () => PollerStats[], log: Log): Promise<StatusServer> {
  const startedAt = new Date().toISOString();
  const server = createServer((request, response) => {
    const status: TriggerStatus = { time: new Date().toISOString(), startedAt, mappings: stats() };
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    response.writeHead(isRead ? 200 : 405, { 'content-type': 'application/json' });
    response.end(isRead ? JSON.stringify(status) : '{}');
  });
  // It must not keep the process alive that it reports on.
  server.unref();
  const url = await new Promise<string | undefined>((resolve) => {
    server.once('error', (error) => {
      log('warn', 'no status endpoint', { port, ...describeError(error) });
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
  if (url !== undefined) log('info', 'status endpoint', { url });
  return {
    url,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
