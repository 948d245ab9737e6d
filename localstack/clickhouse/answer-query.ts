import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Admission } from './admission.ts';
import { ClickHouseError, fromEngineError, syntaxError } from './clickhouse-error.ts';
import type { Engine } from './engine.ts';
import type { Guard } from './guard.ts';
import { type HttpSession, type HttpSessions, readSetStatement, readUseStatement } from './http-sessions.ts';
import { findInsertData, readFromFile } from './insert-statement.ts';
import { type QueryRequest, readRequest } from './request.ts';
import { type DecodedBody, decodeBody, readStatement, type StatementText } from './request-body.ts';
import { createQueryResponse, type QueryResponse, type ServerIdentity } from './response.ts';
import type { Spool } from './spool.ts';
import { quoteString } from './sql-tokens.ts';
import { MAX_STATEMENT_BYTES, type SplitStatement, splitStatement, writePreparation } from './statement.ts';
import type { UserProfile } from './users.ts';

export interface QueryDependencies {
  engine: Engine;
  spool: Spool;
  admission: Admission;
  /** Parses a statement without running it. */
  canonicalize: (sql: string) => Promise<string>;
  guard: Guard;
  sessions: HttpSessions;
  identity: ServerIdentity;
}

interface Exchange extends QueryDependencies {
  request: QueryRequest;
  response: QueryResponse;
  profile: UserProfile;
  session: HttpSession;
  /** Aborts when the client has gone. */
  signal: AbortSignal;
}

/** Runs the statement of one HTTP request and sends its result or its exception. */
export async function answerQuery(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  url: URL,
  profile: UserProfile,
  dependencies: QueryDependencies,
): Promise<void> {
  const abort = new AbortController();
  outgoing.once('close', () => abort.abort());
  const parsed = readRequest(incoming, url);
  const session = dependencies.sessions.find(profile, parsed);
  const request = { ...parsed, database: parsed.database || session.database || 'default' };
  const response = createQueryResponse(outgoing, request, dependencies.identity);
  const exchange = { ...dependencies, request, response, profile, session, signal: abort.signal };
  let body: DecodedBody | undefined;
  try {
    if (request.isNativeCompressed) {
      throw new ClickHouseError(48, 'NOT_IMPLEMENTED', 'decompress=1 is not supported here: use Content-Encoding');
    }
    body = await decodeBody(incoming, dependencies.engine, dependencies.spool);
    const statement = await readStatement(request.query, body.bytes, MAX_STATEMENT_BYTES);
    const dataOffset = findInsertData(statement.head);
    if (dataOffset !== undefined) await answerInsert(exchange, statement, dataOffset);
    else await withPlace(exchange, (canonical) => answerStatement(exchange, canonical), readWhole(statement));
  } catch (error) {
    response.fail(fromEngineError(error));
  } finally {
    await body?.close();
  }
}

/** Waits for the user's turn, then parses the statement without running it. */
async function withPlace(exchange: Exchange, run: (canonical: string) => Promise<void>, sql: string): Promise<void> {
  const leave = await exchange.admission.enter(exchange.profile);
  try {
    await run(await exchange.canonicalize(sql));
  } finally {
    leave();
  }
}

function readWhole({ head, isComplete }: StatementText): string {
  if (!isComplete) throw syntaxError(`Max query size exceeded: a statement has at most ${MAX_STATEMENT_BYTES} bytes`);
  const text = head.toString('utf8');
  if (text.trim() === '') throw syntaxError('Syntax error: Empty query');
  return text;
}

async function answerInsert(exchange: Exchange, text: StatementText, dataOffset: number): Promise<void> {
  const { engine, spool, guard, profile, request, response } = exchange;
  if (profile.rights === 'read' || request.isReadOnly) {
    throw new ClickHouseError(164, 'READONLY', 'Cannot insert in readonly mode');
  }
  // Uploaded before its turn comes, so that a slow client holds no place.
  const file = await spool.write(text.readFrom(dataOffset));
  const insert = async (canonical: string): Promise<void> => {
    const { body, format, settings } = splitStatement(canonical);
    const statement = { body: `${body} FORMAT ${format}`, format, settings };
    await guard.checkStatement(statement, profile, request);
    const result = await engine.run({
      sql: readFromFile(statement.body, quoteString(file.path), "'none'"),
      preparation: prepare(exchange, settings, 0),
      parameters: request.parameters,
      isStateless: true,
    });
    response.send(Buffer.alloc(0), undefined, { writtenRows: result.rowsRead, writtenBytes: result.bytesRead });
  };
  try {
    await withPlace(exchange, insert, text.head.toString('utf8', 0, dataOffset));
  } finally {
    await file.remove();
  }
}

async function answerStatement(exchange: Exchange, canonical: string): Promise<void> {
  const { guard, profile, request } = exchange;
  if (await changeSession(exchange, canonical)) return;
  const statement = splitStatement(canonical);
  await guard.checkStatement(statement, profile, request);
  if (/^(SELECT|WITH|\()/.test(statement.body)) await streamResult(exchange, statement);
  else await sendResult(exchange, statement, canonical);
}

/** SET and USE change the HTTP session; the engine only says whether they are right. */
async function changeSession(exchange: Exchange, canonical: string): Promise<boolean> {
  const { engine, guard, profile, session, response } = exchange;
  const settings = readSetStatement(canonical);
  const database = readUseStatement(canonical);
  if (!settings && database === undefined) return false;
  guard.checkSettings(settings ?? new Map(), profile);
  const preparation = prepare(exchange, settings ?? new Map(), 0, database);
  await engine.run({ sql: 'SELECT 1', preparation, isStateless: false });
  for (const [name, literal] of settings ?? []) session.settings.set(name, literal);
  session.database = database ?? session.database;
  response.send(Buffer.alloc(0), undefined, {});
  return true;
}

async function streamResult(exchange: Exchange, { body, format, settings }: SplitStatement): Promise<void> {
  const { engine, request, response, signal } = exchange;
  const resultFormat = format ?? request.defaultFormat;
  const compression = quoteString(request.compression ?? 'none');
  const result = await engine.stream(
    {
      preparation: prepare(exchange, settings, readonlyOfReads(exchange)),
      parameters: request.parameters,
      isStateless: true,
      signal,
    },
    (path) => `${body} INTO OUTFILE ${quoteString(path)} TRUNCATE COMPRESSION ${compression} FORMAT ${resultFormat}`,
  );
  await response.stream(result, resultFormat, request.compression);
}

/** Everything but queries and inserts with data: results are small. */
async function sendResult(exchange: Exchange, statement: SplitStatement, canonical: string): Promise<void> {
  const { engine, request, response, signal } = exchange;
  const format = statement.format ?? request.defaultFormat;
  const isRead = /^(SHOW|DESCRIBE|EXPLAIN|EXISTS|CHECK)\b/.test(canonical);
  const result = await engine.run({
    sql: isRead ? `${statement.body} FORMAT ${format}` : canonical,
    preparation: isRead
      ? prepare(exchange, statement.settings, readonlyOfReads(exchange))
      : prepare(exchange, new Map(), request.isReadOnly ? 2 : 0),
    format,
    parameters: request.parameters,
    isStateless: isRead,
    // A client that has gone ends what it reads, never what it writes.
    signal: isRead ? signal : undefined,
  });
  const bytes = result.bytes();
  response.send(bytes, bytes.byteLength > 0 ? format : undefined, { resultRows: result.rowsRead });
}

function readonlyOfReads({ profile, request }: Exchange): 0 | 1 | 2 {
  if (profile.rights !== 'any') return 1;
  return request.isReadOnly ? 2 : 0;
}

/** The user's defaults, what the session, the URL and the statement set: the later wins. */
function prepare(
  { profile, session, request }: Exchange,
  settings: Map<string, string>,
  readonly: 0 | 1 | 2,
  database = request.database,
): string {
  return writePreparation({
    database,
    settings: [new Map(Object.entries(profile.settings)), session.settings, request.settings, settings],
    readonly,
  });
}
