import type { DeadLetterPage, Status, StreamStatus } from '../../model/contract.ts';
import { formatCount, formatNoun, UNKNOWN } from '../../model/format.ts';
import { countChecks } from '../../model/quality.ts';
import type { RefreshView } from '../../model/refresher.ts';
import { listFailedSteps, listSteps } from '../../model/steps.ts';
import { formatAgo } from '../../model/time.ts';
import { sumStreams } from '../../model/totals.ts';
import { element } from '../dom.ts';
import { bindPage, type Page } from '../page.ts';
import { createChoice } from '../panels/choice.ts';
import { createFigures, exactly, type Figure, figureOfGaps } from '../panels/figures.ts';
import { createLettersPanel, type LettersPanel } from '../panels/letters-panel.ts';
import { createPanel, drawEmpty, type Panel, type PanelOptions } from '../panels/panel.ts';
import { drawPartitions } from '../panels/partitions-table.ts';
import { createQualityDrawing } from '../panels/quality-list.ts';
import { drawReconcile } from '../panels/reconcile-list.ts';
import { drawRejections } from '../panels/rejections.ts';
import { drawRuns } from '../panels/run-list.ts';

const INTERVAL_MS = 10_000;
const LABELS = ['Failed steps', 'Last run', 'Failed checks', 'Open dead letters', 'Open gaps'];
const ALL = '';

interface OperationsSources {
  status: Status;
  letters: DeadLetterPage;
}

/** What an operator must know of each stream: batch runs, data quality, dead letters, reconcile, gaps. */
export const operationsPage: Page = {
  path: '/operations',
  title: 'Operations',
  summary: 'What ran, what failed, what was rejected, and whether every offset is accounted for.',
  intervalMs: INTERVAL_MS,
  mount(context) {
    const { getJson, now, parameters } = context;
    let selected = parameters.get('stream') ?? ALL;
    let lastView: RefreshView<OperationsSources> | undefined;
    const letters = createLettersPanel(selected, context);
    const panels = createPanels(now, letters);
    const choice = createChoice({
      label: 'Stream',
      selected,
      onSelect(stream) {
        selected = stream;
        // The address keeps the choice, without a new page in the history.
        history.replaceState(null, '', `#/operations${stream === ALL ? '' : `?stream=${encodeURIComponent(stream)}`}`);
        if (lastView !== undefined) drawAll(lastView);
        letters.choose({ stream, reason: '' });
      },
    });
    const drawAll = (view: RefreshView<OperationsSources>) => {
      lastView = view;
      const { status } = view.states;
      choice.offer(listChoices(status.data?.streams ?? [], selected));
      // A copy: what is drawn also depends on the choice.
      const state = { ...status, data: status.data && pickStreams(status.data, selected) };
      for (const panel of Object.values(panels)) panel.update(state);
      letters.panel.update(view.states.letters);
    };
    return bindPage<OperationsSources>({
      root: layOut(panels, letters),
      controls: choice.root,
      intervalMs: INTERVAL_MS,
      sources: { status: () => getJson<Status>('v1/status'), letters: letters.read },
      draw: drawAll,
    });
  },
};

type Streams = readonly StreamStatus[];

function createPanels(now: () => number, letters: LettersPanel) {
  const drawQuality = createQualityDrawing();
  return {
    figures: createFigures<Streams>({
      title: 'Key figures',
      labels: LABELS,
      draw: (streams) => drawFigures(streams, now()),
    }),
    runs: createStreamsPanel({
      title: 'Batch runs',
      columns: 6,
      caption: 'the last run of each step',
      skeletonRows: 5,
      draw: (streams) => drawRuns(streams, now()),
    }),
    reconcile: createStreamsPanel({
      title: 'Reconcile',
      columns: 6,
      caption: 'every offset, in the lake, hot, or why not',
      draw: (streams) => drawReconcile(streams, now()),
    }),
    quality: createStreamsPanel({
      title: 'Data quality',
      columns: 6,
      caption: 'the last result of each check',
      skeletonRows: 5,
      draw: (streams) => drawQuality(streams, now()),
    }),
    rejections: createStreamsPanel({
      title: 'Dead letters',
      columns: 4,
      caption: 'by reason, all states',
      draw: (streams) => drawRejections(streams, letters.choice.reason, (reason) => letters.choose({ reason })),
    }),
    partitions: createStreamsPanel({
      title: 'Partitions',
      columns: 12,
      caption: 'each offset is the first record not yet there',
      draw: drawPartitions,
    }),
  };
}

/** An address may name a stream that is not there (any more). */
function createStreamsPanel(options: PanelOptions<Streams>): Panel<Streams> {
  const drawNone = () => drawEmpty('There is no such stream', 'Choose another above.');
  return createPanel({ ...options, draw: (streams) => (streams.length === 0 ? drawNone() : options.draw(streams)) });
}

function layOut(panels: ReturnType<typeof createPanels>, letters: LettersPanel): HTMLElement {
  const { figures, runs, reconcile, quality, rejections, partitions } = panels;
  return element(
    'div',
    { class: 'grid' },
    figures.root,
    element('div', { class: 'span-6 stack' }, runs.root, reconcile.root),
    ...[quality, rejections, letters.panel, partitions].map((panel) => panel.root),
    letters.dialog,
  );
}

/** A stream of the address that is not there (any more) stays on offer, so that the page says what it shows. */
function listChoices(streams: Streams, selected: string) {
  const names = streams.map(({ stream }) => stream);
  const unknown = selected === ALL || names.includes(selected) ? [] : [selected];
  return [{ id: ALL, label: 'All' }, ...[...names, ...unknown].map((name) => ({ id: name, label: name }))];
}

function pickStreams({ streams }: Status, selected: string): Streams {
  return selected === ALL ? streams : streams.filter(({ stream }) => stream === selected);
}

function drawFigures(streams: Streams, nowMs: number): Figure[] {
  const { rejected, openLetters, openGaps } = sumStreams(streams);
  const checks = countChecks(streams);
  const [latest] = listSteps(streams);
  return [
    { label: 'Failed steps', ...describeSteps(streams) },
    {
      label: 'Last run',
      value: latest === undefined ? UNKNOWN : formatAgo(latest.run.started_at, nowMs),
      note: latest === undefined ? 'on schedule' : `${latest.run.step}, ${latest.run.status}`,
    },
    { label: 'Failed checks', ...exactly(checks.errors + checks.warnings), ...describeChecks(checks) },
    {
      label: 'Open dead letters',
      ...exactly(openLetters),
      note: rejected === 0 ? 'nothing rejected' : `of ${formatCount(rejected)} refused`,
    },
    figureOfGaps(openGaps),
  ];
}

function describeChecks({ all, errors, warnings }: ReturnType<typeof countChecks>): Pick<Figure, 'note' | 'tone'> {
  if (errors > 0) return { note: `${formatNoun(errors, 'error')} of ${formatNoun(all, 'check')}`, tone: 'bad' };
  if (warnings > 0) return { note: `${formatNoun(warnings, 'warning')} of ${formatNoun(all, 'check')}`, tone: 'warn' };
  return all === 0 ? { note: 'not checked yet' } : { note: `of ${formatNoun(all, 'check')}`, tone: 'good' };
}

function describeSteps(streams: Streams): Omit<Figure, 'label'> {
  const all = listSteps(streams).length;
  const failed = listFailedSteps(streams);
  const figure = exactly(failed.length);
  if (failed.length > 0) {
    return { ...figure, note: [...new Set(failed.map(({ run }) => run.step))].join(', '), tone: 'bad' };
  }
  if (all === 0) return { ...figure, note: 'no run yet' };
  return { ...figure, note: `of ${formatNoun(all, 'step')}`, tone: 'good' };
}
