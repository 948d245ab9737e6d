import type { Bar } from '../../model/bars.ts';
import { formatShare } from '../../model/format.ts';
import { element } from '../dom.ts';

/** Ranked bars, lengths relative to the greatest. Shares are of their sum: only where no bar is left out. */
export function drawBars(bars: readonly Bar[], { hasShares }: { hasShares: boolean }): HTMLElement {
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
