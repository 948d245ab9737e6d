import type { SourceState } from '../../model/refresher.ts';
import { type Child, element } from '../dom.ts';
import { icon } from '../icons.ts';

export interface Panel<T> {
  root: HTMLElement;
  /** Draws the state, unless it is the one already drawn. */
  update(state: SourceState<T>): void;
}

export interface PanelOptions<T> {
  title: string;
  /** Columns of twelve that the panel takes on a wide screen. */
  columns: 4 | 6 | 8 | 12;
  /** A few words beside the title: the unit, the scope. */
  caption?: string;
  controls?: HTMLElement;
  /** Rows of the skeleton that holds the panel's place until there is data. */
  skeletonRows?: number;
  draw: (data: T) => Child | Child[];
}

/** A titled section with its four states: loading, failed, drawn, and drawn but stale. */
export function createPanel<T>(options: PanelOptions<T>): Panel<T> {
  const body = element('div', { class: 'panel-body' });
  const heading = element('h2', {}, options.title);
  const staleTag = element('span', { class: 'tag tag-stale', hidden: true }, 'stale');
  const caption = options.caption === undefined ? null : element('span', { class: 'caption' }, options.caption);
  const head = element('header', { class: 'panel-head' }, heading, caption, staleTag, options.controls ?? null);
  const root = element('section', { class: `panel span-${options.columns}`, 'aria-label': options.title }, head, body);
  let drawn: SourceState<T> | undefined;
  return {
    root,
    update(state) {
      if (state === drawn) return;
      drawn = state;
      const isStale = state.error !== undefined && state.data !== undefined;
      staleTag.hidden = !isStale;
      root.classList.toggle('is-stale', isStale);
      root.setAttribute('aria-busy', String(state.data === undefined && state.error === undefined));
      if (state.data !== undefined) replaceKeepingFocus(body, drawSafely(options.draw, state.data));
      else if (state.error !== undefined) body.replaceChildren(drawFailure(state.error));
      else body.replaceChildren(drawSkeleton(options.skeletonRows ?? 3));
    },
  };
}

/** Whoever uses the keyboard stays where they were: the element of the same `data-focus` is focused again. */
function replaceKeepingFocus(body: HTMLElement, children: (Node | string)[]): void {
  const { activeElement } = document;
  const key =
    activeElement instanceof HTMLElement && body.contains(activeElement) ? activeElement.dataset.focus : undefined;
  body.replaceChildren(...children);
  if (key === undefined) return;
  for (const candidate of body.querySelectorAll<HTMLElement>('[data-focus]')) {
    if (candidate.dataset.focus === key) candidate.focus({ preventScroll: true });
  }
}

/** What stands in a panel that has nothing to show, and what to do about it. */
export function drawEmpty(headline: string, advice: Child = null): HTMLElement {
  const lines = [element('p', { class: 'empty-headline' }, headline)];
  if (advice !== null) lines.push(element('p', { class: 'empty-advice' }, advice));
  return element('div', { class: 'empty' }, ...lines);
}

/** What stands in a panel whose data cannot be had. */
export function drawFailure(error: Error): HTMLElement {
  return element(
    'div',
    { class: 'empty empty-failed' },
    icon('warn'),
    element('p', { class: 'empty-headline' }, 'Not available'),
    element('p', { class: 'empty-advice' }, error.message),
  );
}

/** Grey bars, the length of which varies so that they look like content. */
export function drawSkeleton(rows: number): HTMLElement {
  const bars = Array.from({ length: rows }, (_, row) => element('span', { class: `bone bone-${row % 3}` }));
  return element('div', { class: 'skeleton', 'aria-hidden': 'true' }, ...bars);
}

/** An answer that one panel cannot draw must not keep the others from theirs. */
function drawSafely<T>(draw: (data: T) => Child | Child[], data: T): (Node | string)[] {
  try {
    return [draw(data)].flat().filter((child) => child !== null);
  } catch (error) {
    return [drawFailure(error instanceof Error ? error : new Error(String(error)))];
  }
}
