import type { RefreshSummary } from '../model/refresh-summary.ts';
import { agoSince, button, element } from './dom.ts';
import { icon } from './icons.ts';

export interface RefreshBar {
  root: HTMLElement;
  update(summary: RefreshSummary, nowMs: number): void;
}

/** How fresh the page is, and the controls to pause and to read again. */
export function createRefreshBar(options: {
  intervalMs: number;
  onPause: (paused: boolean) => void;
  onRefresh: () => void;
}): RefreshBar {
  let paused = false;
  const freshness = element('span', { class: 'freshness' });
  const pause = button({ class: 'button' }, () => options.onPause(!paused));
  const refresh = button(
    { class: 'icon-button', 'aria-label': 'Refresh now', title: 'Refresh now' },
    options.onRefresh,
    icon('refresh'),
  );
  const root = element('div', { class: 'refresh-bar' }, freshness, pause, refresh);
  const showPause = () => {
    pause.replaceChildren(icon(paused ? 'play' : 'pause'), paused ? 'Resume' : 'Pause');
    pause.title = paused ? 'Refresh automatically again' : 'Stop refreshing automatically';
  };
  showPause();
  return {
    root,
    update(summary, nowMs) {
      root.classList.toggle('is-loading', summary.loading);
      if (summary.paused !== paused) {
        paused = summary.paused;
        showPause();
      }
      freshness.className = `freshness freshness-${freshnessOf(summary)}`;
      freshness.replaceChildren(...describeFreshness(summary, options.intervalMs, nowMs));
    },
  };
}

function freshnessOf(summary: RefreshSummary): 'paused' | 'failing' | 'live' {
  if (summary.failure !== undefined) return 'failing';
  return summary.paused ? 'paused' : 'live';
}

function describeFreshness(summary: RefreshSummary, intervalMs: number, nowMs: number): (Node | string)[] {
  if (summary.freshAsOfMs === undefined) return [summary.failure === undefined ? 'Loading…' : 'No data'];
  const ago = agoSince(new Date(summary.freshAsOfMs).toISOString(), nowMs);
  const every = element('span', { class: 'every' }, summary.paused ? ' · paused' : ` · every ${intervalMs / 1000} s`);
  return ['Updated ', ago, every];
}
