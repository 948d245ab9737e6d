import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type ClickHouseError, formatError, toHttpStatus } from './clickhouse-error.ts';
import type { StreamedResult } from './engine.ts';
import { writeNativeFrame } from './native-frames.ts';
import type { QueryRequest } from './request.ts';

/** What every response says of the server. */
export interface ServerIdentity {
  version: string;
  timezone: string;
  displayName: string;
}

/** Row and byte counts of one statement; what the engine does not tell stays 0. */
export interface QuerySummary {
  writtenRows?: number;
  writtenBytes?: number;
  resultRows?: number;
  resultBytes?: number;
}

/** One response, written in ClickHouse's manner. */
export interface QueryResponse {
  /** Sends a whole result. `format` is undefined for statements that return nothing. */
  send(body: Uint8Array, format: string | undefined, summary: QuerySummary): void;
  /** Sends a result as it comes; `encoding` names the content coding of its bytes. */
  stream(result: StreamedResult, format: string, encoding: string | undefined): Promise<void>;
  /** Sends an exception, or breaks the response off when it has already begun. */
  fail(error: ClickHouseError): void;
}

/** As much is held back before the headers go, so that an early failure still gets its status (ClickHouse: 1 MiB). */
const HELD_BYTES = 1024 * 1024;

export function createQueryResponse(
  response: ServerResponse,
  request: QueryRequest,
  identity: ServerIdentity,
): QueryResponse {
  const startedAt = process.hrtime.bigint();
  const exceptionTag = randomBytes(8)
    .toString('hex')
    .replace(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)));

  function sendHead(status: number, contentType: string, summary: QuerySummary, more: Record<string, string>): void {
    response.writeHead(status, {
      'Content-Type': contentType,
      'X-ClickHouse-Query-Id': request.queryId ?? randomUUID(),
      'X-ClickHouse-Server-Display-Name': identity.displayName,
      'X-ClickHouse-Timezone': identity.timezone,
      'X-ClickHouse-Exception-Tag': exceptionTag,
      'X-ClickHouse-Summary': formatSummary(summary, process.hrtime.bigint() - startedAt),
      ...more,
    });
  }

  function sendResultHead(format: string | undefined, summary: QuerySummary, encoding?: string): void {
    const more: Record<string, string> = {};
    if (format !== undefined) more['X-ClickHouse-Format'] = format;
    if (encoding !== undefined) more['Content-Encoding'] = encoding;
    sendHead(200, toContentType(format), summary, more);
  }

  function encode(bytes: Uint8Array): Uint8Array {
    return request.wantsNativeCompression ? writeNativeFrame(bytes) : bytes;
  }

  return {
    send(body, format, summary) {
      sendResultHead(format, summary);
      response.end(body.byteLength > 0 ? encode(body) : body);
    },
    async stream({ output, done }, format, encoding) {
      let held: Uint8Array[] = [];
      let heldBytes = 0;
      for await (const bytes of output) {
        if (response.destroyed) break;
        const chunk = encode(bytes);
        if (!response.headersSent) {
          held.push(chunk);
          heldBytes += chunk.byteLength;
          if (heldBytes < HELD_BYTES) continue;
          sendResultHead(format, {}, encoding);
        }
        const next = held.length > 0 ? Buffer.concat(held) : chunk;
        held = [];
        if (!response.write(next)) await waitForRoom(response);
      }
      const summary = await done;
      if (!response.headersSent) sendResultHead(format, summary, encoding);
      response.end(Buffer.concat(held));
    },
    fail(error) {
      const text = formatError(error, identity.version);
      if (!response.headersSent) {
        const more = { 'X-ClickHouse-Exception-Code': String(error.code) };
        sendHead(toHttpStatus(error.code), 'text/plain; charset=UTF-8', {}, more);
        response.end(text);
        return;
      }
      // The rows that went out cannot be called back: the tagged text says why, the broken chunk that it is no end.
      const marker = `\r\n__exception__\r\n${exceptionTag}\r\n${text}${Buffer.byteLength(text)} ${exceptionTag}\r\n__exception__\r\n`;
      if (response.hasHeader('Content-Encoding') || request.wantsNativeCompression) response.destroy();
      else response.write(marker, () => response.destroy());
    },
  };
}

async function waitForRoom(response: ServerResponse): Promise<void> {
  // Ends the wait for the event that did not come, which would keep its listener.
  const settled = new AbortController();
  const { signal } = settled;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
  settled.abort();
}

function formatSummary(summary: QuerySummary, elapsedNs: bigint): string {
  const { writtenRows = 0, writtenBytes = 0, resultRows = 0, resultBytes = 0 } = summary;
  return JSON.stringify({
    read_rows: '0',
    read_bytes: '0',
    written_rows: String(writtenRows),
    written_bytes: String(writtenBytes),
    total_rows_to_read: '0',
    result_rows: String(resultRows),
    result_bytes: String(resultBytes),
    elapsed_ns: String(elapsedNs),
  });
}

function toContentType(format: string | undefined): string {
  if (format === undefined) return 'text/plain; charset=UTF-8';
  if (/^(JSON\w*EachRow\w*|NDJSON)$/.test(format)) return 'application/x-ndjson; charset=UTF-8';
  if (/^JSON/.test(format)) return 'application/json; charset=UTF-8';
  if (/^CSV/.test(format)) return 'text/csv; charset=UTF-8; header=absent';
  if (/^(TSV|TabSeparated)/.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^(Pretty|Vertical|Values|Markdown|SQLInsert)/.test(format)) return 'text/plain; charset=UTF-8';
  if (format === 'XML') return 'application/xml; charset=UTF-8';
  return 'application/octet-stream';
}
