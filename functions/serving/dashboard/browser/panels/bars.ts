import { formatMoney, formatNoun, formatShare } from '../../model/format.ts';
import type { Bar } from '../../model/sales.ts';
import { element } from '../dom.ts';

/** Ranked bars, lengths relative to the greatest. Shares are of their sum: only where no bar is left out. */
export function drawBars(bars: readonly Bar[], { hasShares }: { hasShares: boolean }): HTMLElement {
  const values = bars.map((bar) => Number(bar.value));
  const greatest = Math.max(...values);
  const whole = hasShares ? values.reduce((sum, value) => sum + value, 0) : null;
  return element('ol', { class: 'bars' }, ...bars.map((bar) => drawBar(bar, greatest, whole)));
}

function drawBar(bar: Bar, greatest: number, whole: number | null): HTMLElement {
  const value = Number(bar.value);
  const sales = formatNoun(bar.count, 'sale');
  const length = element('span', { class: 'bar-length', 'aria-hidden': 'true' });
  length.style.setProperty('--length', String(greatest > 0 ? Math.max(0, value / greatest) : 0));
  return element(
    'li',
    {},
    element('span', { class: 'bar-label' }, bar.label),
    element('span', { class: 'bar-value' }, formatMoney(bar.value)),
    length,
    element('span', { class: 'bar-note' }, whole === null ? sales : `${sales} · ${formatShare(value, whole)}`),
  );
}
