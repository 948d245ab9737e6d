import type { QualityCheck, StreamStatus } from '../../model/contract.ts';
import { describeCheck, describeQuality } from '../../model/quality.ts';
import { element, timeWithAgo } from '../dom.ts';
import { drawEmpty } from './panel.ts';
import { drawStreamHead } from './stream-head.ts';

/** For each stream what its checks come to, then the last result of each, those that failed first. */
export function drawQuality(streams: readonly StreamStatus[], nowMs: number): HTMLElement[] {
  return streams.flatMap(({ stream, quality }) => {
    const { tone, text } = describeQuality(quality);
    const when = quality.checked_at === null ? null : timeWithAgo(quality.checked_at, nowMs);
    return [
      drawStreamHead(stream, { tone: `tag-${tone}`, text }, when),
      quality.checks.length === 0
        ? drawEmpty('No check ran in the last day', 'They run after each refresh of gold.')
        : element('ul', { class: 'checks' }, ...quality.checks.map((check) => drawCheck(check, nowMs))),
    ];
  });
}

function drawCheck(check: QualityCheck, nowMs: number): HTMLElement {
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
