import { z } from 'zod';
import hourlySalesTrend from '../../../sql/retail_events/serving/queries/hourly_sales_trend.sql';
import ingestLatency from '../../../sql/retail_events/serving/queries/ingest_latency.sql';
import latestEvents from '../../../sql/retail_events/serving/queries/latest_events.sql';
import productPerformance from '../../../sql/retail_events/serving/queries/product_performance.sql';
import salesByCategory from '../../../sql/retail_events/serving/queries/sales_by_category.sql';
import salesByStore from '../../../sql/retail_events/serving/queries/sales_by_store.sql';
import salesTotals from '../../../sql/retail_events/serving/queries/sales_totals.sql';
import type { NamedQuery } from '../domain.ts';
import { dayRange, hourRange, limit, parameters, storeId, text } from '../query-parameters.ts';
import { TRANSACTION_TYPES } from './event.ts';
import { retailEvents } from './stream.ts';

const transactionType = z.enum(TRANSACTION_TYPES).default('SALE').meta({ description: 'What moved the goods' });
const category = text('Only this category');

const money = z.string().meta({ description: 'Exact decimal', example: '450.5' });
const count = z.int().meta({ description: 'Events' });
const sums = { transaction_count: count, total_quantity: z.int().meta({ description: 'Units' }), total_revenue: money };

export const retailQueries: readonly NamedQuery[] = [
  {
    name: 'sales_totals',
    summary: 'What moved in a range of hours, by transaction type',
    stream: retailEvents.name,
    sql: salesTotals,
    parameters: parameters({ ...hourRange }),
    row: z.object({ transaction_type: z.enum(TRANSACTION_TYPES), ...sums }),
  },
  {
    name: 'sales_by_category',
    summary: 'Sales by category in a range of hours',
    stream: retailEvents.name,
    sql: salesByCategory,
    parameters: parameters({ ...hourRange, transaction_type: transactionType, store_id: storeId, limit: limit(100) }),
    row: z.object({ category: z.string(), transaction_type: z.string(), ...sums, avg_unit_price: money }),
  },
  {
    name: 'sales_by_store',
    summary: 'Sales by store in a range of hours',
    stream: retailEvents.name,
    sql: salesByStore,
    parameters: parameters({ ...hourRange, transaction_type: transactionType, category, limit: limit(1000) }),
    row: z.object({ store_id: z.int(), ...sums }),
  },
  {
    name: 'hourly_sales_trend',
    summary: 'Sales by hour in a range of hours, newest first',
    stream: retailEvents.name,
    sql: hourlySalesTrend,
    parameters: parameters({
      ...hourRange,
      transaction_type: transactionType,
      store_id: storeId,
      category,
      limit: limit(1000),
    }),
    row: z.object({ hour: z.iso.datetime(), ...sums }),
  },
  {
    name: 'product_performance',
    summary: 'Sales by product in a range of days',
    stream: retailEvents.name,
    sql: productPerformance,
    parameters: parameters({ ...dayRange, transaction_type: transactionType, category, limit: limit(100) }),
    row: z.object({ product_id: z.string(), category: z.string(), ...sums, avg_unit_price: money }),
  },
  {
    name: 'latest_events',
    summary: 'The events that were stored last, at most ten minutes old',
    stream: retailEvents.name,
    sql: latestEvents,
    parameters: parameters({ limit: limit(20, 1000) }),
    row: z.object({
      event_time: z.iso.datetime(),
      store_id: z.int(),
      product_id: z.string(),
      category: z.string(),
      transaction_type: z.string(),
      quantity: z.int(),
      unit_price: money,
      event_id: z.string().nullable(),
      received_at: z.iso.datetime(),
      inserted_at: z.iso.datetime(),
    }),
  },
  {
    name: 'ingest_latency',
    summary: "How long events took from Kafka's log to the hot table, over the last five minutes",
    stream: retailEvents.name,
    sql: ingestLatency,
    parameters: parameters({}),
    row: z.object({ events: z.int(), p50_ms: z.int(), p99_ms: z.int(), max_ms: z.int() }),
  },
];
