import type { RetailEventRow } from '../../model/contract.ts';
import { formatCount, formatDuration, formatMoney } from '../../model/format.ts';
import { formatUtc, parseUtc } from '../../model/time.ts';
import { element, timeWithAgo } from '../dom.ts';

/**
 * Narrow screens fold type and quantity into the cells that stay, and lay rows out as a grid; the roles keep it a
 * table for screen readers all the same.
 */
const COLUMNS = [
  { label: 'Received' },
  { label: 'Product' },
  { label: 'Type', class: 'wide-only' },
  { label: 'Quantity', class: 'number wide-only' },
  { label: 'Unit price', class: 'number' },
  { label: 'Event time', class: 'wide-only' },
  { label: 'Stored after', class: 'number wide-only' },
];

/** The newest events, one row each, by when Kafka took them. */
export function drawEvents(rows: readonly RetailEventRow[], nowMs: number): HTMLElement {
  const head = COLUMNS.map((column) =>
    element('th', { role: 'columnheader', scope: 'col', class: column.class }, column.label),
  );
  const table = element(
    'table',
    { class: 'events', role: 'table' },
    element('caption', { class: 'visually-hidden' }, 'The newest events'),
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...head)),
    element('tbody', { role: 'rowgroup' }, ...rows.map((row) => drawEvent(row, nowMs))),
  );
  return element('div', { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': 'Last events' }, table);
}

function drawEvent(row: RetailEventRow, nowMs: number): HTMLElement {
  const quantity = formatCount(row.quantity);
  return element(
    'tr',
    { role: 'row' },
    element('td', { role: 'cell', class: 'when' }, timeWithAgo(row.received_at, nowMs)),
    element(
      'td',
      { role: 'cell', class: 'what' },
      element('span', { class: 'product' }, row.product_id),
      element(
        'span',
        { class: 'sub' },
        element('span', { class: 'narrow-only' }, drawType(row), ' '),
        `${row.category} · store ${row.store_id}`,
      ),
    ),
    element('td', { role: 'cell', class: 'wide-only' }, drawType(row)),
    element('td', { role: 'cell', class: 'number wide-only' }, quantity),
    element(
      'td',
      { role: 'cell', class: 'number' },
      element('span', { class: 'narrow-only sub' }, `${quantity} × `),
      formatMoney(row.unit_price),
    ),
    element('td', { role: 'cell', class: 'wide-only muted' }, formatUtc(row.event_time, nowMs)),
    element('td', { role: 'cell', class: 'number wide-only muted' }, formatDuration(tookMs(row))),
  );
}

function tookMs({ received_at: received, inserted_at: inserted }: RetailEventRow): number {
  return Math.max(0, (parseUtc(inserted) ?? 0) - (parseUtc(received) ?? 0));
}

function drawType({ transaction_type: type }: RetailEventRow): HTMLElement {
  return element('span', { class: `tag ${tagOf(type)}` }, titleCase(type));
}

function tagOf(transactionType: string): string {
  if (transactionType === 'RETURN') return 'tag-return';
  return transactionType === 'RESTOCK' ? 'tag-restock' : 'tag-sale';
}

function titleCase(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase();
}
