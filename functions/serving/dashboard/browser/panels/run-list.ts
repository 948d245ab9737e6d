import type { Retry, RunStatus, StreamStatus } from '../../model/contract.ts';
import { formatDuration, formatNoun } from '../../model/format.ts';
import { describeRetry, listSteps } from '../../model/steps.ts';
import { element, timeWithAgo } from '../dom.ts';
import { drawEmpty } from './panel.ts';
import { drawStreamHead } from './stream-head.ts';

/** For each stream its last run over all steps, then where each step stands and what becomes of a failed one. */
export function drawRuns(streams: readonly StreamStatus[], nowMs: number): HTMLElement[] {
  return streams.flatMap((stream) => [drawBatch(stream, nowMs), drawSteps(stream, nowMs)]);
}

function drawBatch({ stream, last_batch: batch }: StreamStatus, nowMs: number): HTMLElement {
  if (batch === null) return drawStreamHead(stream, null);
  return drawStreamHead(
    stream,
    { tone: `tag-${batch.status}`, text: batch.status },
    timeWithAgo(batch.started_at, nowMs),
    `, ${formatDuration(batch.duration_ms)} in all`,
  );
}

function drawSteps(stream: StreamStatus, nowMs: number): HTMLElement {
  const steps = listSteps([stream]);
  if (steps.length === 0) return drawEmpty('No batch run in the last day', 'The schedule starts one every minute.');
  const retryOf = ({ step }: RunStatus) => stream.retries.find((retry) => retry.step === step);
  return element('ul', { class: 'runs' }, ...steps.map(({ run }) => drawRun(run, retryOf(run), nowMs)));
}

function drawRun(run: RunStatus, retry: Retry | undefined, nowMs: number): HTMLElement {
  const outcome =
    run.status === 'skipped' ? 'nothing to do' : `${formatNoun(run.rows, 'row')}, ${formatDuration(run.duration_ms)}`;
  const notes = [run.error, run.warning].filter((note) => note !== null);
  return element(
    'li',
    {},
    element('span', { class: `tag tag-${run.status}` }, run.status),
    element('strong', { class: 'run-what' }, run.step),
    element('span', { class: 'run-outcome' }, outcome),
    element('span', { class: 'run-when' }, timeWithAgo(run.started_at, nowMs)),
    ...notes.map((note) => element('span', { class: 'run-error' }, note)),
    retry === undefined ? null : element('span', { class: 'run-note' }, describeRetry(retry, nowMs)),
  );
}
