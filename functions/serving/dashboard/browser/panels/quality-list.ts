import type { CheckResult, StreamStatus } from '../../model/contract.ts';
import { formatNoun } from '../../model/format.ts';
import { describeCheck, describeQuality } from '../../model/quality.ts';
import { element, timeWithAgo } from '../dom.ts';
import { drawEmpty } from './panel.ts';
import { drawStreamHead } from './stream-head.ts';

/**
 * For each stream what its checks come to: those that did not pass, with why, and the others behind a line that opens.
 * What the reader opened stays open when the answer is drawn again.
 */
export function createQualityDrawing(): (streams: readonly StreamStatus[], nowMs: number) => HTMLElement[] {
  const opened = new Set<string>();
  return (streams, nowMs) =>
    streams.flatMap(({ stream, quality }) => {
      const { tone, text } = describeQuality(quality);
      const when = quality.checked_at === null ? null : timeWithAgo(quality.checked_at, nowMs);
      const passed = quality.checks.filter(({ status }) => status === 'passed');
      const others = quality.checks.filter(({ status }) => status !== 'passed');
      return [
        drawStreamHead(stream, { tone: `tag-${tone}`, text }, when),
        quality.checks.length === 0 ? drawEmpty('No check ran in the last day', 'The schedule runs them.') : null,
        others.length === 0 ? null : drawChecks(others, nowMs),
        passed.length === 0 ? null : drawPassed(stream, passed, opened, nowMs),
      ].filter((child) => child !== null);
    });
}

function drawPassed(stream: string, checks: readonly CheckResult[], opened: Set<string>, nowMs: number): HTMLElement {
  const summary = element(
    'summary',
    { 'data-focus': `checks of ${stream}` },
    `${formatNoun(checks.length, 'check')} passed`,
  );
  const details = element('details', { class: 'passed', open: opened.has(stream) }, summary, drawChecks(checks, nowMs));
  details.addEventListener('toggle', () => {
    if (details.open) opened.add(stream);
    else opened.delete(stream);
  });
  return details;
}

function drawChecks(checks: readonly CheckResult[], nowMs: number): HTMLElement {
  return element('ul', { class: 'checks' }, ...checks.map((check) => drawCheck(check, nowMs)));
}

function drawCheck(check: CheckResult, nowMs: number): HTMLElement {
  const { tone, text, figures } = describeCheck(check);
  const isPassed = check.status === 'passed';
  const since = check.failed_since === null ? [] : [' · since ', timeWithAgo(check.failed_since, nowMs)];
  return element(
    'li',
    {},
    element('span', { class: `tag tag-${tone}` }, text),
    element('strong', {}, check.check),
    element('span', { class: 'check-figures' }, figures),
    element('span', { class: 'check-note' }, check.summary),
    isPassed ? null : element('span', { class: `check-note check-${tone}` }, check.detail, ...since),
  );
}
