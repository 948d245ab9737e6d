import type { Answer } from '../../model/contract.ts';
import { type Child, element } from '../dom.ts';
import { drawFirstSteps } from './first-steps.ts';
import { createPanel, drawEmpty, type Panel } from './panel.ts';

/** The newest events of a domain, over the whole width. */
export function createEventsPanel<Row>(options: {
  title: string;
  domain: string;
  draw: (rows: readonly Row[]) => Child;
}): Panel<Answer<Row>> {
  const { title, domain, draw } = options;
  return createPanel<Answer<Row>>({
    title,
    columns: 12,
    skeletonRows: 6,
    draw: ({ data }) =>
      data.length === 0
        ? drawEmpty('No events in the last ten minutes', element('span', {}, ...drawFirstSteps([domain])))
        : draw(data),
  });
}
