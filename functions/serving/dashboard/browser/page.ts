import type { Api } from '../model/api.ts';
import { type RefreshSummary, summariseRefresh } from '../model/refresh-summary.ts';
import {
  type Refresher,
  type RefresherDeps,
  type RefreshView,
  type Sources,
  startRefresher,
} from '../model/refresher.ts';

/** One page of the dashboard: add it to `pages/index.ts`. */
export interface Page {
  /** What follows `#` in the address: `/sales`. */
  path: string;
  title: string;
  /** One sentence below the title. */
  summary: string;
  intervalMs: number;
  mount(context: PageContext): MountedPage;
}

export interface PageContext extends Api {
  now(): number;
  /** What follows `?` behind the path: choices that an address carries. */
  parameters: URLSearchParams;
  /** Reads the page's sources again, after a choice changed what they ask for. */
  refresh(): void;
  /** Aborted when the reader leaves the page: listeners and observers end with it. */
  signal: AbortSignal;
}

export interface MountedPage {
  root: HTMLElement;
  /** Controls that belong beside the page's title. */
  controls: HTMLElement | null;
  start(onSummary: (summary: RefreshSummary) => void, deps: RefresherDeps): Refresher;
}

/** Binds a page's sources to what draws them; the page's own types stay inside. */
export function bindPage<T>(content: {
  root: HTMLElement;
  controls?: HTMLElement;
  intervalMs: number;
  sources: Sources<T>;
  draw: (view: RefreshView<T>) => void;
}): MountedPage {
  const { root, controls = null, intervalMs, sources, draw } = content;
  const start: MountedPage['start'] = (onSummary, deps) => {
    const onChange = (view: RefreshView<T>) => {
      draw(view);
      onSummary(summariseRefresh(view));
    };
    return startRefresher({ sources, intervalMs, onChange }, deps);
  };
  return { root, controls, start };
}
