import { formatCount, formatHeadline, UNKNOWN } from '../../model/format.ts';
import type { SourceState } from '../../model/refresher.ts';
import { element } from '../dom.ts';

/** One headline figure. */
export interface Figure {
  label: string;
  value: string;
  unit?: string;
  note: string;
  /** How the figure is to be taken; said in words by the note as well. */
  tone?: 'good' | 'warn' | 'bad';
  /** The exact value, where the shown one is shortened. */
  exact?: string;
}

/** A count for a headline: the exact one behind it. */
export function exactly(count: number): Pick<Figure, 'value' | 'exact'> {
  return { value: formatHeadline(count), exact: formatCount(count) };
}

/** Records that were lost, which no page about streams leaves out. */
export function figureOfGaps(openGaps: number): Figure {
  const label = 'Open gaps';
  return openGaps === 0
    ? { label, ...exactly(openGaps), note: 'all accounted for', tone: 'good' }
    : { label, ...exactly(openGaps), note: 'records lost', tone: 'bad' };
}

/** A row of headline figures under a heading that only screen readers need. */
export function createFigures<T>(options: { title: string; labels: readonly string[]; draw: (data: T) => Figure[] }) {
  const list = element('dl', { class: 'figures' });
  const heading = element('h2', { class: 'visually-hidden' }, options.title);
  const root = element('section', { class: 'span-12', 'aria-label': options.title }, heading, list);
  let drawn: SourceState<T> | undefined;
  return {
    root,
    /** Draws the state, unless it is the one already drawn. */
    update(state: SourceState<T>): void {
      if (state === drawn) return;
      drawn = state;
      root.classList.toggle('is-stale', state.error !== undefined && state.data !== undefined);
      root.setAttribute('aria-busy', String(state.data === undefined && state.error === undefined));
      const cards =
        state.data === undefined
          ? options.labels.map((label) => drawPlaceholder(label, state.error !== undefined))
          : options.draw(state.data).map(drawFigure);
      list.replaceChildren(...cards);
    },
  };
}

function drawFigure(figure: Figure): HTMLElement {
  const unit = figure.unit === undefined ? null : element('span', { class: 'figure-unit' }, figure.unit);
  return element(
    'div',
    { class: `figure ${figure.tone === undefined ? '' : `figure-${figure.tone}`}` },
    element('dt', {}, figure.label),
    element('dd', { class: 'figure-value', title: figure.exact }, figure.value, unit),
    element('dd', { class: 'figure-note' }, figure.note),
  );
}

function drawPlaceholder(label: string, hasFailed: boolean): HTMLElement {
  const value = hasFailed ? UNKNOWN : element('span', { class: 'bone bone-figure', 'aria-hidden': 'true' });
  return element(
    'div',
    { class: 'figure' },
    element('dt', {}, label),
    element('dd', { class: 'figure-value' }, value),
    element('dd', { class: 'figure-note' }, hasFailed ? 'not available' : 'loading'),
  );
}
