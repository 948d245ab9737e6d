import type { BatchRun, StreamStatus } from './contract.ts';

/** A batch run with the stream that it worked on. */
export interface StreamRun {
  stream: string;
  run: BatchRun;
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

function startedAt({ run }: StreamRun): number {
  return Date.parse(run.started_at);
}
