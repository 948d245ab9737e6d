import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const PASSWORDS = { admin: 'admin-secret', ingest: 'ingest-secret', query: 'query-secret' };
export type User = keyof typeof PASSWORDS;

const READY_TIMEOUT_MS = 60_000;

/** The program as the supervisor starts it, on a port and a state directory of its own. */
export class ClickHouseProcess {
  readonly url: string;
  readonly port: number;
  readonly state: string;
  /** Everything it printed. */
  readonly lines: string[] = [];
  #child: ChildProcess | undefined;

  constructor(port: number, state = mkdtempSync(join(tmpdir(), 'tidemark-clickhouse-'))) {
    this.port = port;
    this.state = state;
    this.url = `http://127.0.0.1:${port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it; resolves with the exit code if it ends before it is ready, else with undefined. */
  async start(environment: Record<string, string> = {}): Promise<number | undefined> {
    const child = spawn(process.execPath, ['--import', 'tsx', resolve('localstack/clickhouse/main.ts')], {
      env: {
        ...process.env,
        // As the supervisor does: without it the program starts a child of its own.
        UV_THREADPOOL_SIZE: '48',
        CLICKHOUSE_PORT: String(this.port),
        TIDEMARK_STATE: this.state,
        CLICKHOUSE_ADMIN_PASSWORD: PASSWORDS.admin,
        CLICKHOUSE_INGEST_PASSWORD: PASSWORDS.ingest,
        CLICKHOUSE_QUERY_PASSWORD: PASSWORDS.query,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    const ready = new Promise<undefined>((resolveReady) => {
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          this.lines.push(line);
          if (line.startsWith('ready ')) resolveReady(undefined);
        });
      }
    });
    const exited = once(child, 'exit').then(([code]) => code as number);
    const timeout = AbortSignal.timeout(READY_TIMEOUT_MS);
    const tooLate = once(timeout, 'abort').then(() => Promise.reject(new Error(`not ready: ${this.lines.join('\n')}`)));
    return Promise.race([ready, exited, tooLate]);
  }

  /** Ends it by a signal and resolves with the exit code (null when the signal killed it). */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = await exited;
    return code as number | null;
  }

  removeState(): void {
    rmSync(this.state, { recursive: true, force: true });
  }

  /** Sends a statement; resolves with status and text whatever the answer is. */
  async send(
    user: User,
    sql: string,
    parameters: Record<string, string> = {},
    init: RequestInit = {},
  ): Promise<{ status: number; text: string; headers: Headers }> {
    const search = new URLSearchParams(parameters);
    const response = await fetch(`${this.url}/?${search}`, {
      method: 'POST',
      body: sql,
      ...init,
      headers: { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': PASSWORDS[user], ...init.headers },
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  /** Sends a statement that must succeed. */
  async query(user: User, sql: string, parameters: Record<string, string> = {}): Promise<string> {
    const { status, text } = await this.send(user, sql, parameters);
    if (status !== 200) throw new Error(`${status}: ${text}`);
    return text;
  }
}
