import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerQuery, type QueryDependencies } from './answer-query.ts';
import { formatError, fromEngineError, toHttpStatus } from './clickhouse-error.ts';
import type { UserName } from './config.ts';
import { authenticate } from './users.ts';

/** Serves ClickHouse's HTTP interface: `/` for statements, `/ping` and `/replicas_status` for health. */
export function createClickHouseServer(passwords: Record<UserName, string>, dependencies: QueryDependencies): Server {
  const server = createServer((request, response) => {
    void answer(request, response, passwords, dependencies).catch((error: unknown) => {
      // Nothing is expected here; a client that hangs would be worse than one that sees its connection break.
      console.error('clickhouse: unexpected', error);
      response.destroy();
    });
  });
  // An upload may take as long as it needs; a connection is kept as long as ClickHouse keeps one.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 30_000;
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  passwords: Record<UserName, string>,
  dependencies: QueryDependencies,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/ping' || url.pathname === '/replicas_status' || isGreeting(request, url)) {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=UTF-8' }).end('Ok.\n');
    return;
  }
  if (url.pathname !== '/' && url.pathname !== '/query') {
    const text = `There is no handle ${url.pathname}\n\nUse / or /ping for health checks.\nSend queries from your program with POST method or GET /?query=...\n`;
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=UTF-8' }).end(text);
    return;
  }
  try {
    const profile = authenticate(request.headers, url.searchParams, passwords);
    await answerQuery(request, response, url, profile, dependencies);
  } catch (error) {
    const failure = fromEngineError(error);
    const headers = {
      'Content-Type': 'text/plain; charset=UTF-8',
      'X-ClickHouse-Exception-Code': String(failure.code),
    };
    response.writeHead(toHttpStatus(failure.code), headers).end(formatError(failure, dependencies.identity.version));
    request.resume();
  }
}

function isGreeting(request: IncomingMessage, url: URL): boolean {
  return request.method !== 'POST' && url.pathname === '/' && !url.searchParams.has('query');
}
