import type { StreamStatus } from '../../model/contract.ts';
import { formatDuration, formatNoun } from '../../model/format.ts';
import { listRuns, type StreamRun } from '../../model/steps.ts';
import { element, timeWithAgo } from '../dom.ts';
import { drawEmpty } from './panel.ts';

/** The newest batch runs of the streams: of each step the last of each outcome. */
export function drawRuns(streams: readonly StreamStatus[], nowMs: number): HTMLElement {
  const runs = listRuns(streams);
  if (runs.length === 0) return drawEmpty('No batch run yet', 'The schedule starts one every minute.');
  return element('ul', { class: 'runs' }, ...runs.map((entry) => drawRun(entry, nowMs)));
}

function drawRun({ stream, run }: StreamRun, nowMs: number): HTMLElement {
  const outcome =
    run.status === 'skipped' ? 'nothing to do' : `${formatNoun(run.rows, 'row')}, ${formatDuration(run.duration_ms)}`;
  return element(
    'li',
    {},
    element('span', { class: `tag tag-${run.status}` }, run.status),
    element('span', { class: 'run-what' }, element('strong', {}, run.step), ` ${stream}`),
    element('span', { class: 'run-outcome' }, outcome),
    element('span', { class: 'run-when' }, timeWithAgo(run.started_at, nowMs)),
    run.error === null ? null : element('span', { class: 'run-error' }, run.error),
  );
}
