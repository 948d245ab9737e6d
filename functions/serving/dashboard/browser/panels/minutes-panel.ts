import { type ActivityRow, stackMinutes } from '../../model/activity.ts';
import type { TimeRange } from '../../model/time.ts';
import { createPanel, drawEmpty, type Panel } from './panel.ts';
import { createStackedChart } from './stacked-chart.ts';

/** The rows with the minutes that were asked for: the clock moved on when they arrive. */
export interface MinutesAnswer {
  rows: ActivityRow<'events_per_minute'>[];
  range: TimeRange;
}

/** Events per minute of the last hour, stacked by type. */
export function createMinutesPanel(signal: AbortSignal): Panel<MinutesAnswer> {
  const chart = createStackedChart('Events per minute', signal);
  return createPanel<MinutesAnswer>({
    title: 'Events per minute',
    columns: 8,
    caption: 'last hour, by type',
    skeletonRows: 6,
    draw({ rows, range }) {
      if (rows.length === 0) return drawEmpty('No events in the last hour', 'Minutes show as soon as they have one.');
      chart.update(stackMinutes(rows, range));
      return chart.roots;
    },
  });
}
