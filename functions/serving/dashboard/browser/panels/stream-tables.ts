import type { BatchRun, Status, StreamStatus } from '../../model/contract.ts';
import { formatCount, formatDuration, formatNoun } from '../../model/format.ts';
import { type Child, element, timeWithAgo } from '../dom.ts';
import { drawEmpty } from './panel.ts';

/** Offsets of every partition of every stream. */
export function drawPartitions(status: Status): HTMLElement {
  const rows = status.streams.flatMap((stream) =>
    stream.partitions.map((partition) => [
      stream.topic,
      formatCount(partition.partition),
      formatCount(partition.log_start),
      formatCount(partition.tidemark),
      formatCount(partition.committed_offset),
      formatCount(partition.end_offset),
      formatCount(partition.lag_records),
    ]),
  );
  return drawTable(['Topic', 'Partition', 'Log start', 'Tidemark', 'Committed', 'End', 'Lag'], rows, 2);
}

/** The newest batch runs of every stream. */
export function drawRuns(status: Status, nowMs: number): HTMLElement {
  const runs = status.streams
    .flatMap((stream) => stream.last_runs.map((run) => ({ stream: stream.stream, run })))
    .sort((a, b) => Date.parse(b.run.started_at) - Date.parse(a.run.started_at));
  if (runs.length === 0) return drawEmpty('No batch run yet', 'The schedule starts one every minute.');
  return element('ul', { class: 'runs' }, ...runs.map(({ stream, run }) => drawRun(stream, run, nowMs)));
}

/** Rejected records by reason, and whatever a stream warns of. */
export function drawRejections(status: Status): Child[] {
  const letters = status.streams.flatMap((stream) => stream.dead_letters);
  const warnings = status.streams.flatMap(drawWarnings);
  const list = letters.map((letter) =>
    element('li', {}, element('code', {}, letter.reason), element('span', {}, formatCount(letter.records))),
  );
  if (letters.length === 0 && warnings.length === 0) {
    return [drawEmpty('Nothing rejected', 'Records that cannot be stored are kept here, with the reason.')];
  }
  return [...warnings, element('ul', { class: 'tally' }, ...list)];
}

function drawRun(stream: string, run: BatchRun, nowMs: number): HTMLElement {
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

function drawWarnings(stream: StreamStatus): HTMLElement[] {
  return stream.warnings.map((warning) => element('p', { class: 'warning' }, `${stream.stream}: ${warning}`));
}

/** Columns before `numbersFrom` hold text, the others numbers. */
function drawTable(heads: readonly string[], rows: readonly string[][], numbersFrom: number): HTMLElement {
  const classOf = (column: number) => (column < numbersFrom ? undefined : 'number');
  const head = heads.map((text, column) => element('th', { scope: 'col', class: classOf(column) }, text));
  const body = rows.map((cells) =>
    element('tr', {}, ...cells.map((text, column) => element('td', { class: classOf(column) }, text))),
  );
  const table = element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...body));
  return element('div', { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': 'Partitions' }, table);
}
