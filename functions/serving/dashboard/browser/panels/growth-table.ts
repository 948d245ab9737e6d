import { type ActivityRow, formatGrowth, formatWeekday } from '../../model/activity.ts';
import { formatCount, UNKNOWN } from '../../model/format.ts';
import { element } from '../dom.ts';
import { drawTable, type TableColumn } from './data-table.ts';
import { drawEmpty } from './panel.ts';

/** The users of each day beside those of the same weekday a week before. `today` is not over yet. */
export function drawGrowth(rows: readonly ActivityRow<'dau_growth'>[], today: string): HTMLElement {
  return rows.length === 0
    ? drawEmpty('No users in the last week', 'Days show as soon as they have an event.')
    : drawTable({ title: 'Daily active users', columns: listColumns(today) }, rows);
}

function listColumns(today: string): TableColumn<ActivityRow<'dau_growth'>>[] {
  return [
    {
      label: 'Day',
      draw: ({ event_date: day }) => [
        element('span', { class: 'product' }, day === today ? 'Today, so far' : formatWeekday(day)),
        element('span', { class: 'sub' }, day),
      ],
    },
    { label: 'Users', class: 'number', draw: (row) => formatCount(row.dau_count) },
    { label: 'Week before', class: 'number muted', draw: (row) => formatCount(row.dau_last_week) },
    {
      label: 'Growth',
      class: 'number',
      draw: ({ growth_pct: percent }) => (percent === null ? UNKNOWN : formatGrowth(percent)),
    },
  ];
}
