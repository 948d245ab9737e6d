import type { Retry, RunStatus, StreamStatus } from './contract.ts';
import { formatNoun } from './format.ts';
import { formatUtc } from './time.ts';

/** A batch run with the stream that it worked on. */
export interface StreamRun {
  stream: string;
  run: RunStatus;
}

/** The runs of all `streams`, newest first. */
export function listRuns(streams: readonly StreamStatus[]): StreamRun[] {
  return streams
    .flatMap(({ stream, last_runs }) => last_runs.map((run) => ({ stream, run })))
    .sort((a, b) => startedAt(b) - startedAt(a));
}

/**
 * Where each step of each stream stands, newest first: its last run, but the last that did something where the last
 * had nothing to do. A failure shows until a later run of the same step and stream succeeds.
 */
export function listSteps(streams: readonly StreamStatus[]): StreamRun[] {
  const byStep = new Map<string, StreamRun>();
  for (const entry of listRuns(streams)) {
    const key = `${entry.stream} ${entry.run.step}`;
    const shown = byStep.get(key);
    const isSettled = shown !== undefined && !(shown.run.status === 'skipped' && entry.run.status === 'done');
    if (!isSettled) byStep.set(key, entry);
  }
  return [...byStep.values()].sort((a, b) => startedAt(b) - startedAt(a));
}

/** The steps that stand failed. */
export function listFailedSteps(streams: readonly StreamStatus[]): StreamRun[] {
  return listSteps(streams).filter(({ run }) => run.status === 'failed');
}

/** What becomes of a failed step: how often it failed, since when, and when the schedule tries again. */
export function describeRetry({ failures, failed_since, retry_at }: Retry, nowMs: number): string {
  const failed = failures === 1 ? 'Failed once' : `Failed ${formatNoun(failures, 'time')} in a row`;
  const isOverdue = Date.parse(retry_at) <= nowMs;
  const next = isOverdue ? 'tried again with the next schedule' : `tried again at ${formatUtc(retry_at, nowMs)}`;
  return `${failed} since ${formatUtc(failed_since, nowMs)}; ${next}.`;
}

function startedAt({ run }: StreamRun): number {
  return Date.parse(run.started_at);
}
