import { ClickHouseError, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client';
import type { Config } from './config.ts';
import { ConfigError, TidemarkError } from './errors.ts';

/** ClickHouse refused or could not be reached; the message is its own. */
export class ClickHouseUnavailable extends TidemarkError {
  /** ClickHouse's error code; undefined where it could not be reached. */
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined, cause: unknown) {
    super(message, { retryable: true, cause, part: 'ClickHouse' });
    this.code = code;
  }
}

export type Row = readonly unknown[];

export interface Answer<T> {
  readonly rows: T[];
  readonly rowsRead: number;
}

/** ClickHouse as one user sees it. Every method throws ClickHouseUnavailable. */
export interface ClickHouse {
  /** Runs one SELECT; `params` fill the typed placeholders. 64-bit integers are numbers, decimals strings, times ISO. */
  query<T>(sql: string, params?: Record<string, unknown>): Promise<Answer<T>>;
  /** Runs one statement without an answer. */
  command(sql: string, params?: Record<string, unknown>): Promise<void>;
  /** Stores all rows or throws; resolved means acknowledged. Values stand in the order of `columns`. */
  insert(table: string, columns: readonly [string, ...string[]], rows: readonly Row[]): Promise<void>;
  close(): Promise<void>;
}

type User = 'admin' | 'ingest' | 'query';

const SETTINGS: ClickHouseSettings = {
  date_time_output_format: 'iso',
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_decimals: 1,
};

/** Connects as one of the three users; the first request opens the connection. A request fails after such a silence. */
export function createClickHouse(config: Config, user: User, timeoutMs = 120_000): ClickHouse {
  const client = createClient({
    url: config.CLICKHOUSE_URL,
    username: user,
    password: passwordOf(config, user),
    application: 'tidemark',
    request_timeout: timeoutMs,
    keep_alive: { enabled: true, idle_socket_ttl: 1500 },
    clickhouse_settings: SETTINGS,
    log: { level: ClickHouseLogLevel.OFF }, // what goes wrong is thrown, and whoever catches it logs it once
  });

  return {
    async query<T>(sql: string, params: Record<string, unknown> = {}) {
      return attempt(async () => {
        const result = await client.query({ query: sql, query_params: params, format: 'JSON' });
        const { data, statistics } = await result.json<T>();
        return { rows: data, rowsRead: statistics?.rows_read ?? 0 };
      });
    },
    async command(sql, params = {}) {
      await attempt(() => client.command({ query: sql, query_params: params }));
    },
    async insert(table, columns, rows) {
      if (rows.length === 0) return;
      const format = 'JSONCompactEachRow';
      const clickhouse_settings = { async_insert: 0, max_partitions_per_insert_block: '0' } as const;
      const values = rows as unknown[][];
      await attempt(() => client.insert({ table, columns: [...columns], values, format, clickhouse_settings }));
    },
    close: () => client.close(),
  };
}

function passwordOf(config: Config, user: User): string {
  const name = `CLICKHOUSE_${user.toUpperCase() as Uppercase<User>}_PASSWORD` as const;
  const password = config[name];
  if (password === undefined) throw new ConfigError(`${name} is not set: this function signs in as "${user}"`);
  return password;
}

async function attempt<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    const code = cause instanceof ClickHouseError ? cause.code : undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClickHouseUnavailable(`ClickHouse${code === undefined ? '' : ` code ${code}`}: ${reason}`, code, cause);
  }
}
