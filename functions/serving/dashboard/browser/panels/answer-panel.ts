import { describeCompleteness, type Verdict } from '../../model/completeness.ts';
import type { Answer, Meta } from '../../model/contract.ts';
import { formatCount, formatDuration, formatNoun } from '../../model/format.ts';
import { type Child, element, timeWithAgo } from '../dom.ts';
import { type IconName, icon } from '../icons.ts';
import { drawFacts } from './facts.ts';
import { createPanel, type Panel } from './panel.ts';

const ICONS: Record<Verdict, IconName> = {
  complete: 'ok',
  'catching-up': 'waiting',
  unknown: 'warn',
  incomplete: 'warn',
  empty: 'waiting',
};

/** How complete an answer is: one sentence, then the figures behind it. */
export function createAnswerPanel<Row>(now: () => number): Panel<Answer<Row>> {
  return createPanel<Answer<Row>>({
    title: 'Completeness',
    columns: 4,
    skeletonRows: 6,
    draw: ({ meta }) => drawAnswerState(meta, now()),
  });
}

function drawAnswerState(meta: Meta, nowMs: number): Child[] {
  const { verdict, headline, advice } = describeCompleteness(meta, nowMs);
  return [
    element(
      'div',
      { class: `verdict verdict-${verdict}` },
      icon(ICONS[verdict]),
      element('p', {}, element('strong', {}, headline), element('span', { class: 'sub' }, advice)),
    ),
    drawFacts([
      ['Historical through', timeWithAgo(meta.historical_through, nowMs)],
      ['Realtime through', timeWithAgo(meta.realtime_through, nowMs)],
      ['Lake snapshot', meta.snapshot === 0 ? 'none yet' : formatCount(meta.snapshot)],
      ['Lag', meta.lag_records === null ? 'not known' : formatNoun(meta.lag_records, 'record')],
      ['Open gaps', formatNoun(meta.open_gaps, 'record')],
      ['Rejected', formatNoun(meta.rejected, 'record')],
      ['Answered in', `${formatDuration(meta.elapsed_ms)}, ${formatCount(meta.rows_read)} rows read`],
    ]),
  ];
}
