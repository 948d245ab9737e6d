import { NOON_MS } from '../support/retail-records.ts';
import { describeEach, describeGroups, type ModelEvent, type StreamModel, sumOf, toRecord } from './stream-model.ts';

interface Sale {
  readonly event_time: string;
  readonly store_id: number;
  readonly product_id: string;
  readonly category: string;
  readonly transaction_type: 'SALE' | 'RETURN';
  readonly quantity: number;
  readonly unit_price: number;
}

const DAY_MS = 86_400_000;
const SUMS = ['transaction_count', 'total_quantity', 'toFloat64(total_revenue)', 'toFloat64(avg_unit_price)'];

function measure(sales: readonly ModelEvent<Sale>[]): readonly number[] {
  return [
    sales.length,
    sumOf(sales, ({ says }) => says.quantity),
    sumOf(sales, ({ says }) => says.quantity * says.unit_price),
    // Cut off behind four decimals.
    Math.floor((sumOf(sales, ({ says }) => says.unit_price) * 10_000) / sales.length) / 10_000,
  ];
}

const dayOf = ({ event_time }: Sale) => event_time.slice(0, 10);
const hourOf = ({ event_time }: Sale) => `${event_time.slice(0, 13)}:00:00`;

/** `retail_events`: every record is an event of its own, also one that says what another said. */
export const retailModel: StreamModel = {
  streamName: 'retail_events',
  days: ['2026-11-19', '2026-11-20', '2026-11-21'],
  draft({ kind, id, variant }, nowMs) {
    if (kind === 'poison') return { record: toRecord('poison', nowMs) };
    const says: Sale = {
      // Some are two days late.
      event_time: new Date(NOON_MS - variant * DAY_MS + id * 1000).toISOString().slice(0, 19).replace('T', ' '),
      store_id: id % 2,
      product_id: `Product ${variant}`,
      category: 'Books',
      transaction_type: id === 3 ? 'RETURN' : 'SALE',
      quantity: id + 1,
      unit_price: variant + 0.25,
    };
    return { record: toRecord(says, nowMs), says };
  },
  tables: [
    {
      from: 'retail.retail_events_unified',
      fields: ['event_time', 'store_id', 'product_id', 'transaction_type', 'quantity', 'toFloat64(unit_price)'],
      linesOf: describeEach((sale: Sale) => [
        sale.event_time,
        sale.store_id,
        sale.product_id,
        sale.transaction_type,
        sale.quantity,
        sale.unit_price,
      ]),
    },
    {
      from: 'retail.daily_sales_summary',
      fields: ['date', 'store_id', 'category', 'transaction_type', ...SUMS],
      linesOf: describeGroups(
        (sale: Sale) => [dayOf(sale), sale.store_id, sale.category, sale.transaction_type],
        measure,
      ),
    },
    {
      from: 'retail.hourly_sales_summary',
      fields: ['hour', 'store_id', 'category', 'transaction_type', ...SUMS],
      linesOf: describeGroups(
        (sale: Sale) => [hourOf(sale), sale.store_id, sale.category, sale.transaction_type],
        measure,
      ),
    },
    {
      from: 'retail.daily_product_performance',
      fields: ['date', 'product_id', 'category', 'transaction_type', ...SUMS.slice(0, 3)],
      linesOf: describeGroups(
        (sale: Sale) => [dayOf(sale), sale.product_id, sale.category, sale.transaction_type],
        (sales: readonly ModelEvent<Sale>[]) => measure(sales).slice(0, 3),
      ),
    },
  ],
};
