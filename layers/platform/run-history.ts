import type { ClickHouse } from './clickhouse.ts';
import type { PastRun } from './step-retry.ts';

/** The step of `tidemark.batch_runs` that stands for all steps of a run over a stream. */
export const WHOLE_RUN = 'done';

/** By stream and step, the runs of the last day, newest first, at most 20 of each. */
export type RunHistory = ReadonlyMap<string, ReadonlyMap<string, readonly PastRun[]>>;

interface RunRow {
  readonly stream: string;
  readonly step: string;
  readonly status: string;
  readonly started_ms: number;
  readonly duration_ms: number;
  readonly error: string;
}

/** Reads how the last runs of every step ended. @throws ClickHouseUnavailable */
export async function readRunHistory(clickhouse: ClickHouse): Promise<RunHistory> {
  const { rows } = await clickhouse.query<RunRow>(
    `SELECT stream, step, status, toUnixTimestamp64Milli(started_at) AS started_ms, duration_ms, error
     FROM tidemark.batch_runs
     WHERE started_at > now64(3) - INTERVAL 1 DAY
     ORDER BY batch_runs.started_at DESC LIMIT 20 BY stream, step`,
  );
  const history = new Map<string, Map<string, PastRun[]>>();
  for (const { stream, step, status, started_ms, duration_ms, error } of rows) {
    const steps = history.get(stream) ?? new Map<string, PastRun[]>();
    history.set(stream, steps);
    const run = { status, startedAtMs: started_ms, endedAtMs: started_ms + duration_ms, error };
    steps.set(step, [...(steps.get(step) ?? []), run]);
  }
  return history;
}
