import { formatCount, formatMoney } from '../../model/format.ts';
import type { SalesRow } from '../../model/sales.ts';
import { formatUtc } from '../../model/time.ts';
import { element, timeWithAgo } from '../dom.ts';
import { drawTable, type TableColumn } from './data-table.ts';
import { drawTookStoring } from './took-storing.ts';

/** The newest events, one row each, by when Kafka took them. */
export function drawSalesEvents(rows: readonly SalesRow<'latest_events'>[], nowMs: number): HTMLElement {
  return drawTable({ title: 'Last events', class: 'events', columns: listColumns(nowMs) }, rows);
}

/** Narrow screens fold type and quantity into the cells that stay. */
function listColumns(nowMs: number): TableColumn<SalesRow<'latest_events'>>[] {
  return [
    { label: 'Received', class: 'when', draw: (row) => timeWithAgo(row.received_at, nowMs) },
    { label: 'Product', class: 'what', draw: drawProduct },
    { label: 'Type', class: 'wide-only', draw: drawType },
    { label: 'Quantity', class: 'number wide-only', draw: (row) => formatCount(row.quantity) },
    {
      label: 'Unit price',
      class: 'number',
      draw: (row) => [
        element('span', { class: 'narrow-only sub' }, `${formatCount(row.quantity)} × `),
        formatMoney(row.unit_price),
      ],
    },
    { label: 'Event time', class: 'wide-only muted', draw: (row) => formatUtc(row.event_time, nowMs) },
    { label: 'Stored after', class: 'number wide-only muted', draw: drawTookStoring },
  ];
}

function drawProduct(row: SalesRow<'latest_events'>): HTMLElement[] {
  return [
    element('span', { class: 'product' }, row.product_id),
    element(
      'span',
      { class: 'sub' },
      element('span', { class: 'narrow-only' }, drawType(row), ' '),
      `${row.category} · store ${row.store_id}`,
    ),
  ];
}

function drawType({ transaction_type: type }: SalesRow<'latest_events'>): HTMLElement {
  return element('span', { class: `tag ${tagOf(type)}` }, titleCase(type));
}

function tagOf(transactionType: string): string {
  if (transactionType === 'RETURN') return 'tag-return';
  return transactionType === 'RESTOCK' ? 'tag-restock' : 'tag-sale';
}

function titleCase(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase();
}
