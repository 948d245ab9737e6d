import type { IncomingMessage } from 'node:http';
import { badArguments, ClickHouseError } from './clickhouse-error.ts';
import { quoteString } from './sql-tokens.ts';

/** What a request says beside its body. */
export interface QueryRequest {
  /** The `query` parameter; the body follows it. */
  query: string;
  /** Empty when the request names none. */
  database: string;
  queryId: string | undefined;
  sessionId: string | undefined;
  /** Format of the result unless the statement names one. */
  defaultFormat: string;
  /** Every other parameter is an engine setting; values are SQL literals. */
  settings: Map<string, string>;
  /** Values of `{name:Type}` placeholders, as SQL literals. */
  parameters: Map<string, string>;
  /** Send nothing before the statement has ended. */
  waitsForEnd: boolean;
  /** `compress=1`: the response in ClickHouse's native LZ4 frames. */
  wantsNativeCompression: boolean;
  /** `decompress=1`: the body is in native frames. */
  isNativeCompressed: boolean;
  /** What the client accepts, when it asked for HTTP compression: `gzip`, `lz4`, … as the engine names them. */
  compression: string | undefined;
  /** A GET or HEAD changes nothing. */
  isReadOnly: boolean;
}

/** Reads URL and headers as ClickHouse's HTTP handler does; throws BAD_ARGUMENTS for a malformed name. */
export function readRequest(request: IncomingMessage, url: URL): QueryRequest {
  const { searchParams } = url;
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of searchParams) {
    if (name.startsWith('param_')) parameters.set(toName(name), quoteString(value));
    else if (!RESERVED_PARAMETERS.has(name)) settings.set(toName(name), quoteString(value));
  }
  const headers = request.headers;
  return {
    query: searchParams.get('query') ?? '',
    database: String(headers['x-clickhouse-database'] ?? searchParams.get('database') ?? ''),
    queryId: searchParams.get('query_id') || undefined,
    sessionId: searchParams.get('session_id') || undefined,
    defaultFormat: toFormat(String(headers['x-clickhouse-format'] ?? searchParams.get('default_format') ?? '')),
    settings,
    parameters,
    waitsForEnd: isSet(searchParams, 'wait_end_of_query'),
    wantsNativeCompression: isSet(searchParams, 'compress'),
    isNativeCompressed: isSet(searchParams, 'decompress'),
    compression: chooseCompression(searchParams, String(headers['accept-encoding'] ?? '')),
    isReadOnly: request.method !== 'POST' && request.method !== 'PUT',
  };
}

/** Parameters that mean something to the HTTP interface and are no settings. */
const RESERVED_PARAMETERS = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'session_id',
  'session_timeout',
  'session_check',
  'session_timezone_from_client',
  'close_session',
  'user',
  'password',
  'role',
  'quota_key',
  'stacktrace',
  'compress',
  'decompress',
  'buffer_size',
  'wait_end_of_query',
  'client_protocol_version',
  'http_write_exception_in_output_format',
  // Settings of the server's own HTTP writer, which the engine does not have here.
  'enable_http_compression',
  'http_zlib_compression_level',
  'http_response_buffer_size',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_wait_end_of_query',
  'http_response_headers',
  'add_http_cors_header',
  'cancel_http_readonly_queries_on_client_close',
  // Every request has its own; the engine finds a statement by it.
  'log_comment',
]);

function toName(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name;
  throw badArguments(`${quoteString(name)} is not the name of a setting`);
}

/** Formats are pasted into statements, hence plain names only. */
function toFormat(name: string): string {
  if (/^\w*$/.test(name)) return name || 'TabSeparated';
  throw new ClickHouseError(73, 'UNKNOWN_FORMAT', `Unknown format ${name}`);
}

function isSet(parameters: URLSearchParams, name: string): boolean {
  const value = parameters.get(name);
  return value === '1' || value === 'true';
}

/** Content codings that the engine writes itself, best first; HTTP and engine name them alike, except brotli. */
const CODINGS = ['zstd', 'lz4', 'gzip', 'br', 'deflate'];

function chooseCompression(parameters: URLSearchParams, accepted: string): string | undefined {
  if (!isSet(parameters, 'enable_http_compression')) return undefined;
  const names = accepted.split(',').map((entry) => entry.split(';')[0]?.trim());
  return CODINGS.find((coding) => names.includes(coding));
}
