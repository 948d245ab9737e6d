import { describeCompleteness, type Verdict } from '../../model/completeness.ts';
import type { AnswerMeta } from '../../model/contract.ts';
import { formatCount, formatDuration, formatNoun } from '../../model/format.ts';
import { type Child, element, timeWithAgo } from '../dom.ts';
import { type IconName, icon } from '../icons.ts';

const ICONS: Record<Verdict, IconName> = {
  complete: 'ok',
  'catching-up': 'waiting',
  unknown: 'warn',
  incomplete: 'warn',
  empty: 'waiting',
};

/** How complete the answer is: one sentence, then the figures behind it. */
export function drawAnswerState(meta: AnswerMeta, nowMs: number): Child[] {
  const { verdict, headline, advice } = describeCompleteness(meta, nowMs);
  return [
    element(
      'div',
      { class: `verdict verdict-${verdict}` },
      icon(ICONS[verdict]),
      element('p', {}, element('strong', {}, headline), element('span', { class: 'sub' }, advice)),
    ),
    element(
      'dl',
      { class: 'facts' },
      ...fact('Historical through', timeWithAgo(meta.historical_through, nowMs)),
      ...fact('Realtime through', timeWithAgo(meta.realtime_through, nowMs)),
      ...fact('Lake snapshot', meta.snapshot === 0 ? 'none yet' : formatCount(meta.snapshot)),
      ...fact('Lag', meta.lag_records === null ? 'not known' : formatNoun(meta.lag_records, 'record')),
      ...fact('Open gaps', formatNoun(meta.open_gaps, 'record')),
      ...fact('Rejected', formatNoun(meta.rejected, 'record')),
      ...fact('Answered in', `${formatDuration(meta.elapsed_ms)}, ${formatCount(meta.rows_read)} rows read`),
    ),
  ];
}

function fact(label: string, value: Child): [HTMLElement, HTMLElement] {
  return [element('dt', {}, label), element('dd', {}, value)];
}
