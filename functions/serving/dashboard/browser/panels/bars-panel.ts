import type { Bar } from '../../model/bars.ts';
import type { Answer } from '../../model/contract.ts';
import { formatShare } from '../../model/format.ts';
import { element } from '../dom.ts';
import { createPanel, drawEmpty, type Panel, type PanelOptions } from './panel.ts';

export interface BarsPanelOptions<Row> extends Pick<PanelOptions<never>, 'title' | 'caption' | 'skeletonRows'> {
  toBars: (rows: readonly Row[]) => Bar[];
  /** Whether each bar says its share of their sum: only where no bar is left out. */
  hasShares: boolean;
  /** What stands there where there is no bar. */
  empty: readonly [headline: string, advice?: string];
}

/** A third of the page: what an answer comes to, as ranked bars. */
export function createBarsPanel<Row>({
  toBars,
  hasShares,
  empty,
  ...panel
}: BarsPanelOptions<Row>): Panel<Answer<Row>> {
  return createPanel<Answer<Row>>({
    ...panel,
    columns: 4,
    draw({ data }) {
      const bars = toBars(data);
      return bars.length === 0 ? drawEmpty(...empty) : drawBars(bars, hasShares);
    },
  });
}

/** Lengths are relative to the greatest. */
function drawBars(bars: readonly Bar[], hasShares: boolean): HTMLElement {
  const greatest = Math.max(...bars.map((bar) => bar.value));
  const whole = hasShares ? bars.reduce((sum, bar) => sum + bar.value, 0) : null;
  return element('ol', { class: 'bars' }, ...bars.map((bar) => drawBar(bar, greatest, whole)));
}

function drawBar(bar: Bar, greatest: number, whole: number | null): HTMLElement {
  const length = element('span', { class: 'bar-length', 'aria-hidden': 'true' });
  length.style.setProperty('--length', String(greatest > 0 ? Math.max(0, bar.value / greatest) : 0));
  const notes = [bar.note, whole === null ? '' : formatShare(bar.value, whole)].filter((note) => note !== '');
  return element(
    'li',
    {},
    element('span', { class: 'bar-label', title: bar.label }, bar.label),
    element('span', { class: 'bar-value' }, bar.text),
    length,
    element('span', { class: 'bar-note' }, notes.join(' · ')),
  );
}
