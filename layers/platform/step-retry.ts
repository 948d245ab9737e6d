/** How a run of a step over a stream ended. Times are milliseconds since 1970 UTC. */
export interface PastRun {
  readonly status: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Empty unless it failed. */
  readonly error: string;
}

/** A step whose last run failed, as the status shows it. */
export interface Retry {
  /** In a row, up to now. */
  readonly failures: number;
  /** A first failure may be a dependency that was restarting; a second one needs somebody. */
  readonly severity: 'warning' | 'error';
  readonly failedSinceMs: number;
  readonly retryAtMs: number;
  readonly error: string;
}

/** A failed step is left alone for so long; an invocation by hand does not wait. */
export const RETRY_AFTER_MS = 5 * 60_000;

/** A schedule fires a little early or late: half of its period of a minute. */
const TOLERANCE_MS = 30_000;

/**
 * Whether the schedule starts a step.
 *
 * @param lastRuns of the step over one stream, newest first
 * @param periodMs from start to start; 0 for a step that every schedule runs
 */
export function isDue(lastRuns: readonly PastRun[], nowMs: number, periodMs = 0): boolean {
  const [last] = lastRuns;
  // A run that begins later than now is of a clock that was set back since: waiting for it would stop the batch layer.
  if (last === undefined || last.startedAtMs > nowMs + TOLERANCE_MS) return true;
  if (last.status === 'failed') return nowMs >= last.endedAtMs + RETRY_AFTER_MS - TOLERANCE_MS;
  return nowMs >= last.startedAtMs + periodMs - TOLERANCE_MS;
}

/** @returns undefined where the last run of the step did not fail */
export function describeRetry(lastRuns: readonly PastRun[]): Retry | undefined {
  const firstSuccess = lastRuns.findIndex(({ status }) => status !== 'failed');
  const failed = firstSuccess < 0 ? lastRuns : lastRuns.slice(0, firstSuccess);
  const [newest] = failed;
  const oldest = failed.at(-1);
  if (newest === undefined || oldest === undefined) return undefined;
  return {
    failures: failed.length,
    severity: failed.length > 1 ? 'error' : 'warning',
    failedSinceMs: oldest.startedAtMs,
    retryAtMs: newest.endedAtMs + RETRY_AFTER_MS,
    error: newest.error,
  };
}
