import { resolve } from 'node:path';

export type UserName = 'admin' | 'ingest' | 'query';

/** What the process needs to know; read once from the environment. */
export interface ServerConfig {
  port: number;
  /** Tables live here; one process at a time. */
  dataDirectory: string;
  /** Uploads too large for memory pass through here. */
  spoolDirectory: string;
  passwords: Record<UserName, string>;
  /** Where the named collection `tidemark_lake` points; absent when no lake is configured. */
  lake: LakeConfig | undefined;
}

export interface LakeConfig {
  /** Ends with a slash: `http://127.0.0.1:4566/bucket/`. */
  url: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Throws an Error whose message is one sentence naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv): ServerConfig {
  const state = resolve(env.TIDEMARK_STATE ?? '.tidemark');
  return {
    port: readPort(env.CLICKHOUSE_PORT ?? '8123'),
    dataDirectory: resolve(state, 'clickhouse'),
    spoolDirectory: resolve(state, 'clickhouse-spool'),
    passwords: {
      admin: readRequired(env, 'CLICKHOUSE_ADMIN_PASSWORD'),
      ingest: readRequired(env, 'CLICKHOUSE_INGEST_PASSWORD'),
      query: readRequired(env, 'CLICKHOUSE_QUERY_PASSWORD'),
    },
    lake: readLake(env),
  };
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new Error(`CLICKHOUSE_PORT must be a port number, not "${text}".`);
}

function readRequired(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new Error(`${name} is not set: ClickHouse's users need their passwords.`);
}

function readLake(env: NodeJS.ProcessEnv): LakeConfig | undefined {
  if (!env.LAKE_S3_ENDPOINT) return undefined;
  return {
    url: `${env.LAKE_S3_ENDPOINT.replace(/\/+$/, '')}/${readRequired(env, 'LAKE_BUCKET')}/`,
    accessKeyId: readRequired(env, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: readRequired(env, 'AWS_SECRET_ACCESS_KEY'),
  };
}
