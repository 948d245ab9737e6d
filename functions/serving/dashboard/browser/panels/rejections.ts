import type { StreamStatus } from '../../model/contract.ts';
import { formatCount } from '../../model/format.ts';
import { element } from '../dom.ts';
import { drawEmpty } from './panel.ts';

/** Rejected records by reason. */
export function drawRejections(streams: readonly StreamStatus[]): HTMLElement {
  const sums = new Map<string, number>();
  for (const { reason, records } of streams.flatMap((stream) => stream.dead_letters)) {
    sums.set(reason, (sums.get(reason) ?? 0) + records);
  }
  if (sums.size === 0) {
    return drawEmpty('Nothing rejected', 'Records that cannot be stored are kept here, with the reason.');
  }
  const items = [...sums].sort(([, a], [, b]) => b - a);
  return element(
    'ul',
    { class: 'tally' },
    ...items.map(([reason, records]) =>
      element('li', {}, element('code', {}, reason), element('span', {}, formatCount(records))),
    ),
  );
}
