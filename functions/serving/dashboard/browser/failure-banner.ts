import type { FailureSummary } from '../model/refresh-summary.ts';
import { formatUtc } from '../model/time.ts';
import { button, element, timeWithAgo } from './dom.ts';
import { icon } from './icons.ts';

export interface FailureBanner {
  root: HTMLElement;
  update(failure: FailureSummary | undefined, nowMs: number): void;
}

/**
 * What failed, since when, and what to do, above the page's data.
 * A polite live region says the same once: the visible text ticks every second and would be read out each time.
 */
export function createFailureBanner(onRetry: () => void): FailureBanner {
  const announcement = element('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  const banner = element('div', { class: 'banner', hidden: true });
  const root = element('div', {}, announcement, banner);
  let shown: string | undefined;
  return {
    root,
    update(failure, nowMs) {
      const key = JSON.stringify(failure);
      if (key === shown) return;
      const hadFailed = shown !== undefined && !banner.hidden;
      shown = key;
      banner.hidden = failure === undefined;
      if (failure === undefined) {
        announcement.textContent = hadFailed ? 'Refreshing works again.' : '';
        return;
      }
      const headline = describeHeadline(failure);
      const sinceIso = new Date(failure.sinceMs).toISOString();
      announcement.textContent = `${headline} since ${formatUtc(sinceIso, nowMs)}. ${failure.reasons.join(' ')}`;
      banner.replaceChildren(
        icon('warn'),
        element(
          'div',
          { class: 'banner-text' },
          element('strong', {}, headline),
          element('span', {}, ' since ', timeWithAgo(sinceIso, nowMs)),
          element('p', {}, failure.reasons.join(' ')),
          element('p', { class: 'banner-advice' }, ...describeAdvice(failure)),
        ),
        button({ class: 'button' }, onRetry, 'Try now'),
      );
    },
  };
}

function describeHeadline(failure: FailureSummary): string {
  return failure.failedSources === failure.allSources
    ? 'Nothing could be refreshed'
    : `${failure.failedSources} of ${failure.allSources} parts of this page could not be refreshed`;
}

function describeAdvice(failure: FailureSummary): (Node | string)[] {
  const kept = failure.hasStaleData ? 'The last good data stays below, marked stale. ' : '';
  return [
    `${kept}It is tried again by itself. If this stays, look at `,
    element('a', { href: '#/' }, 'Health'),
    ' and at what ',
    element('code', {}, 'npm start'),
    ' printed.',
  ];
}
