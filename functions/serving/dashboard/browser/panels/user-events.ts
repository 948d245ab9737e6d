import type { ActivityRow } from '../../model/activity.ts';
import { formatUtc } from '../../model/time.ts';
import { element, timeWithAgo } from '../dom.ts';
import { drawTable, type TableColumn } from './data-table.ts';
import { drawTookStoring } from './took-storing.ts';

const TAGS: Record<string, string> = { purchase: 'tag-sale', login: 'tag-restock', logout: 'tag-idle' };

/** The newest events, one row each, by when Kafka took them. Those that `isNew` says were not there before stand out. */
export function drawUserEvents(
  rows: readonly ActivityRow<'latest_events'>[],
  isNew: (row: ActivityRow<'latest_events'>) => boolean,
  nowMs: number,
): HTMLElement {
  const classOf = (row: ActivityRow<'latest_events'>) => (isNew(row) ? 'is-new' : undefined);
  return drawTable({ title: 'Live events', class: 'events', columns: listColumns(nowMs), classOf }, rows);
}

/** Narrow screens fold type, user and source into the cell of the page. */
function listColumns(nowMs: number): TableColumn<ActivityRow<'latest_events'>>[] {
  return [
    { label: 'Received', class: 'when', draw: (row) => timeWithAgo(row.received_at, nowMs) },
    { label: 'Page', class: 'what', draw: drawPage },
    { label: 'Type', class: 'wide-only', draw: drawType },
    { label: 'User', class: 'number wide-only', draw: (row) => String(row.user_id) },
    { label: 'Source', class: 'wide-only', draw: (row) => row.source },
    { label: 'Event time', class: 'wide-only muted', draw: (row) => formatUtc(row.timestamp, nowMs) },
    { label: 'Stored after', class: 'number', draw: drawTookStoring },
  ];
}

function drawPage(row: ActivityRow<'latest_events'>): HTMLElement[] {
  return [
    element('span', { class: 'product' }, row.page),
    element('span', { class: 'sub narrow-only' }, drawType(row), ` user ${row.user_id} · ${row.source}`),
  ];
}

function drawType({ event_type: type }: ActivityRow<'latest_events'>): HTMLElement {
  return element('span', { class: `tag ${TAGS[type] ?? ''}` }, type);
}
