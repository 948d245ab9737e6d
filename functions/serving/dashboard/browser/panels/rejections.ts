import type { StreamStatus } from '../../model/contract.ts';
import { formatCount } from '../../model/format.ts';
import { button, element } from '../dom.ts';
import { drawEmpty } from './panel.ts';

/** Rejected records by reason. A reason is a button that lists its records, and lists all again. */
export function drawRejections(
  streams: readonly StreamStatus[],
  chosen: string,
  onChoose: (reason: string) => void,
): HTMLElement {
  const sums = new Map<string, number>();
  for (const { reason, records } of streams.flatMap((stream) => stream.dead_letters)) {
    sums.set(reason, (sums.get(reason) ?? 0) + records);
  }
  if (sums.size === 0) {
    return drawEmpty('Nothing rejected', 'Records that cannot be stored are kept here, with the reason.');
  }
  const items = [...sums].sort(([, a], [, b]) => b - a);
  return element('ul', { class: 'tally' }, ...items.map(([reason, records]) => drawReason(reason, records)));

  function drawReason(reason: string, records: number): HTMLElement {
    const isChosen = reason === chosen;
    const choose = button(
      { class: 'tally-button', 'aria-pressed': isChosen ? 'true' : 'false', 'data-focus': reason },
      () => onChoose(isChosen ? '' : reason),
      element('code', {}, reason),
      element('span', {}, formatCount(records)),
    );
    return element('li', {}, choose);
  }
}
