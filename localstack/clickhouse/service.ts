import { once } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createAdmission } from './admission.ts';
import type { LakeConfig, ServerConfig } from './config.ts';
import { createEngine, type Engine } from './engine.ts';
import { createGuard } from './guard.ts';
import { createHttpSessions } from './http-sessions.ts';
import { makeOutputPipes } from './output-pipe.ts';
import type { ServerIdentity } from './response.ts';
import { createClickHouseServer } from './server.ts';
import { openSessionPool, type SessionPool } from './session-pool.ts';
import { openSpool, type Spool } from './spool.ts';
import { quoteString } from './sql-tokens.ts';
import { createCanonicalizer } from './statement.ts';
import { PROFILES } from './users.ts';

export interface RunningService {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Refuses new connections, gives running statements 3 s, then kills them and closes everything. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 3_000;

/** Starts engine and HTTP interface. Throws an Error whose message is one sentence for the person at the terminal. */
export async function startService(config: ServerConfig): Promise<RunningService> {
  const { spool, engine } = openDirectories(config);
  try {
    return await serve(config, spool, engine);
  } catch (error) {
    spool.close();
    throw error;
  }
}

async function serve(config: ServerConfig, spool: Spool, engine: Engine): Promise<RunningService> {
  const identity = await readIdentity(engine);
  if (config.lake) await defineLake(engine, config.lake);

  const dependencies = {
    engine,
    spool,
    admission: createAdmission(),
    canonicalize: createCanonicalizer(engine),
    guard: createGuard(engine),
    sessions: createHttpSessions(),
    identity,
  };
  const server = createClickHouseServer(config.passwords, dependencies);
  await listen(server, config.port);
  return {
    url: `http://127.0.0.1:${config.port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await Promise.race([closed, delay(STOP_GRACE_MS)]);
      server.closeAllConnections();
      await engine.stop(STOP_GRACE_MS);
      spool.close();
    },
  };
}

/** The data directory first: its lock also guards the spool, which is emptied when it is opened. */
function openDirectories({ dataDirectory, spoolDirectory }: ServerConfig): { spool: Spool; engine: Engine } {
  mkdirSync(dataDirectory, { recursive: true });
  const pool = lockDirectory(dataDirectory);
  const spool = openSpool(spoolDirectory);
  // The engine takes an unknown table of the database `default` for a file here: there must be none.
  process.chdir(mkdtempSync(join(spool.memoryDirectory, 'empty-')));
  const maxStreams = Object.values(PROFILES).reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0);
  return { spool, engine: createEngine(pool, makeOutputPipes(spool.memoryDirectory, maxStreams)) };
}

function lockDirectory(dataDirectory: string): SessionPool {
  try {
    return openSessionPool(dataDirectory);
  } catch (error) {
    const text = `ClickHouse cannot open ${dataDirectory} (the line above says why): if another process has it, stop that one, or set TIDEMARK_STATE to another directory.`;
    throw new Error(text, { cause: error });
  }
}

async function readIdentity(engine: Engine): Promise<ServerIdentity> {
  const result = await engine.run({
    sql: 'SELECT version(), timezone(), hostName()',
    preparation: '',
    isStateless: true,
  });
  const [version = '', timezone = '', displayName = ''] = result.text().trim().split('\t');
  return { version, timezone, displayName };
}

/** Keeps the S3 keys in a named collection, so that no table's DDL shows them. */
async function defineLake(engine: Engine, { url, accessKeyId, secretAccessKey }: LakeConfig): Promise<void> {
  const keys = `url = ${quoteString(url)}, access_key_id = ${quoteString(accessKeyId)}, secret_access_key = ${quoteString(secretAccessKey)}`;
  for (const sql of [
    `CREATE NAMED COLLECTION IF NOT EXISTS tidemark_lake AS ${keys}`,
    `ALTER NAMED COLLECTION tidemark_lake SET ${keys}`,
  ]) {
    await engine.run({ sql, preparation: '', isStateless: true });
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} is busy: stop what listens there, or set CLICKHOUSE_PORT to another one.`, {
      cause: error,
    });
  }
}
