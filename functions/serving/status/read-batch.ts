import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { type RunHistory, WHOLE_RUN } from '@tidemark/platform/run-history';
import { describeRetry } from '@tidemark/platform/step-retry';
import type { RunStatus } from './schemas.ts';

interface StepRow extends RunStatus {
  readonly batch_id: string;
}

/** The last run over all steps of a stream with what each step did; null before the first. Times are ISO 8601, UTC. */
export async function readLastBatch(clickhouse: ClickHouse, stream: string) {
  const { rows } = await clickhouse.query<StepRow>(
    `SELECT batch_id, step, status, started_at, duration_ms, rows, nullIf(error, '') AS error,
       nullIf(warning, '') AS warning
     FROM tidemark.batch_runs
     WHERE stream = {stream:String} AND started_at > now64(3) - INTERVAL 1 DAY AND batch_id = (
       SELECT argMax(batch_id, started_at) FROM tidemark.batch_runs
       WHERE stream = {stream:String} AND step = {whole:String} AND started_at > now64(3) - INTERVAL 1 DAY)
     ORDER BY started_at, step`,
    { stream, whole: WHOLE_RUN },
  );
  const whole = rows.find(({ step }) => step === WHOLE_RUN);
  if (whole === undefined) return null;
  const steps = rows.filter(({ step }) => step !== WHOLE_RUN).map(({ batch_id: _, ...step }) => step);
  const { step: _, ...rest } = whole;
  return { ...rest, steps };
}

/** The steps of a stream whose last run failed, with when the schedule tries again. Times are ISO 8601, UTC. */
export function describeRetries(history: RunHistory, stream: string) {
  const steps = [...(history.get(stream) ?? [])].filter(([step]) => step !== WHOLE_RUN);
  return steps.flatMap(([step, lastRuns]) => {
    const retry = describeRetry(lastRuns);
    if (retry === undefined) return [];
    const { failures, severity, failedSinceMs, retryAtMs, error } = retry;
    const [failedSince, retryAt] = [new Date(failedSinceMs), new Date(retryAtMs)];
    const times = { failed_since: failedSince.toISOString(), retry_at: retryAt.toISOString() };
    return [{ step, severity, failures, ...times, error }];
  });
}
