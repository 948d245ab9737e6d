import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MemoryObjectStore } from './memory-object-store.ts';

export interface MemoryS3Server {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Lets ClickHouse read a bucket in memory over S3's protocol: HEAD and GET of objects, whole or in ranges, in path style;
 * signatures are not looked at, and nothing can be written.
 *
 * @param openBucket the bucket as it is now, so that it can be exchanged
 */
export async function startMemoryS3Server(openBucket: () => MemoryObjectStore): Promise<MemoryS3Server> {
  const server = createServer((request, response) => answer(request, response, openBucket()));
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, bucket: MemoryObjectStore): void {
  const { pathname } = new URL(request.url ?? '/', 'http://s3');
  const key = decodeURIComponent(pathname).split('/').slice(2).join('/');
  const body = bucket.objects.get(key);
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead || body === undefined) {
    response.writeHead(isRead ? 404 : 405, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${isRead ? 'NoSuchKey' : 'MethodNotAllowed'}</Code><Key>${key}</Key></Error>`);
    return;
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = Number(range?.[1] ?? 0);
  const to = Math.min(body.length, range?.[2] ? Number(range[2]) + 1 : body.length);
  response.writeHead(range === null ? 200 : 206, {
    'content-length': to - from,
    'last-modified': new Date(0).toUTCString(),
    etag: `"${key.length}-${body.length}"`,
    ...(range !== null && { 'content-range': `bytes ${from}-${to - 1}/${body.length}` }),
  });
  response.end(request.method === 'HEAD' ? undefined : body.subarray(from, to));
}
