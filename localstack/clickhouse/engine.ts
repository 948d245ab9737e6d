import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ChdbResult, drainPending } from 'chdb';
import { fromEngineError } from './clickhouse-error.ts';
import type { OutputPipe } from './output-pipe.ts';
import type { EngineSession, SessionPool } from './session-pool.ts';
import { quoteString } from './sql-tokens.ts';

/** One statement for the engine. */
export interface EngineStatement {
  sql: string;
  /** SET and USE statements that are in force while it runs. */
  preparation: string;
  /** Values of its placeholders: SQL literals by `param_<name>`. */
  parameters?: ReadonlyMap<string, string>;
  /** Output format unless the statement names one. */
  format?: string;
  /** Leaves the session as it was, so that the session can be used again. */
  isStateless: boolean;
  /** When it aborts the statement is killed. */
  signal?: AbortSignal | undefined;
}

export interface StreamedResult {
  /** To be iterated once; leaving the loop early discards the rest. */
  output: AsyncIterable<Buffer>;
  /** Settles when the engine is done, as `output` ends; rejects with a ClickHouseError. */
  done: Promise<{ resultRows: number; resultBytes: number }>;
}

export interface Engine {
  /** Runs a statement whose result is small: DDL, SHOW, an insert. Throws ClickHouseError. */
  run(statement: EngineStatement): Promise<ChdbResult>;
  /** Runs a query and streams its result; `toSql` is told the file it has to write `INTO OUTFILE`. */
  stream(statement: Omit<EngineStatement, 'sql' | 'format'>, toSql: (path: string) => string): Promise<StreamedResult>;
  /** Kills what runs and closes the sessions: a process cannot end while the engine still holds its threads. */
  stop(graceMs: number): Promise<void>;
}

const KILL_INTERVAL_MS = 200;

/** Runs statements on a pool's sessions; as many results can be streamed at once as there are pipes. */
export function createEngine(pool: SessionPool, outputPipes: OutputPipe[]): Engine {
  const pipes = [...outputPipes];
  const waitingForPipe: ((pipe: OutputPipe) => void)[] = [];

  function takePipe(): OutputPipe | Promise<OutputPipe> {
    return pipes.pop() ?? new Promise((resolve) => waitingForPipe.push(resolve));
  }

  function returnPipe(pipe: OutputPipe): void {
    const next = waitingForPipe.shift();
    if (next) next(pipe);
    else pipes.push(pipe);
  }

  function acquire({ preparation, parameters }: Pick<EngineStatement, 'preparation' | 'parameters'>) {
    return pool.acquire(preparation, [...(parameters?.keys() ?? [])]);
  }

  async function execute(engineSession: EngineSession, statement: EngineStatement) {
    const { sql, parameters, format, isStateless, signal } = statement;
    let isDone = false;
    let isClean = false;
    const onAbort = () => void killUntil(() => isDone, engineSession.tag);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      signal?.throwIfAborted();
      const result = await engineSession.session.queryAsync(setParameters(parameters) + sql, {
        format: format ?? 'TabSeparated',
      });
      // A kill that is still under way would hit whoever has the session next.
      isClean = isStateless && signal?.aborted !== true;
      return result;
    } catch (error) {
      throw fromEngineError(error);
    } finally {
      isDone = true;
      signal?.removeEventListener('abort', onAbort);
      pool.release(engineSession, isClean);
    }
  }

  /** Again and again: a statement that has not quite begun is not found, and would run on. */
  async function killUntil(isDone: () => boolean, tag: string): Promise<void> {
    while (!isDone()) {
      await kill(`Settings['log_comment'] = ${quoteString(tag)}`);
      await delay(KILL_INTERVAL_MS);
    }
  }

  async function kill(condition: string): Promise<void> {
    const sql = `KILL QUERY WHERE ${condition} ASYNC`;
    try {
      await execute(await pool.acquire('', []), { sql, preparation: '', isStateless: true });
    } catch (error) {
      console.error(`clickhouse: cannot kill an abandoned statement: ${error}`);
    }
  }

  return {
    async run(statement) {
      return execute(await acquire(statement), statement);
    },
    async stream(statement, toSql) {
      const pipe = await takePipe();
      const session = await acquire(statement).catch((error: unknown) => {
        returnPipe(pipe);
        throw error;
      });
      const { output, finish } = pipe.open();
      const ended = once(output, 'close');
      const done = execute(session, { ...statement, sql: toSql(pipe.path) })
        .then(({ rowsRead, bytesRead }) => ({ resultRows: rowsRead, resultBytes: bytesRead }))
        .finally(finish);
      // Only when both ends are closed is the pipe empty and fit for the next result.
      void Promise.allSettled([done, ended]).then(() => returnPipe(pipe));
      return { output: readWithoutDestroying(output), done };
    },
    async stop(graceMs) {
      await kill("Settings['log_comment'] LIKE 'tidemark-%'");
      await Promise.race([drainPending(), delay(graceMs)]);
      pool.close();
    },
  };
}

function setParameters(parameters: ReadonlyMap<string, string> = new Map()): string {
  const assignments = [...parameters].map(([name, literal]) => `${name} = ${literal}`);
  return assignments.length === 0 ? '' : `SET ${assignments.join(', ')}; `;
}

/** A reader that stops must go on discarding: an engine that waits for room in the pipe does not notice a KILL. */
async function* readWithoutDestroying(output: Socket): AsyncGenerator<Buffer> {
  try {
    yield* output.iterator({ destroyOnReturn: false });
  } finally {
    output.resume();
  }
}
