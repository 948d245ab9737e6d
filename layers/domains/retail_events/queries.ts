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
import { retailRows } from './rows.ts';
import { retailEvents } from './stream.ts';

const transactionType = z.enum(TRANSACTION_TYPES).default('SALE').meta({ description: 'What moved the goods' });
const category = text('Only this category');

export const retailQueries: readonly NamedQuery[] = [
  {
    name: 'sales_totals',
    summary: 'What moved in a range of hours, by transaction type',
    stream: retailEvents.name,
    sql: salesTotals,
    parameters: parameters({ ...hourRange }),
    row: retailRows.sales_totals,
  },
  {
    name: 'sales_by_category',
    summary: 'Sales by category in a range of hours',
    stream: retailEvents.name,
    sql: salesByCategory,
    parameters: parameters({ ...hourRange, transaction_type: transactionType, store_id: storeId, limit: limit(100) }),
    row: retailRows.sales_by_category,
  },
  {
    name: 'sales_by_store',
    summary: 'Sales by store in a range of hours',
    stream: retailEvents.name,
    sql: salesByStore,
    parameters: parameters({ ...hourRange, transaction_type: transactionType, category, limit: limit(1000) }),
    row: retailRows.sales_by_store,
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
    row: retailRows.hourly_sales_trend,
  },
  {
    name: 'product_performance',
    summary: 'Sales by product in a range of days',
    stream: retailEvents.name,
    sql: productPerformance,
    parameters: parameters({ ...dayRange, transaction_type: transactionType, category, limit: limit(100) }),
    row: retailRows.product_performance,
  },
  {
    name: 'latest_events',
    summary: 'The events that were stored last, at most ten minutes old',
    stream: retailEvents.name,
    sql: latestEvents,
    parameters: parameters({ limit: limit(20, 1000) }),
    row: retailRows.latest_events,
  },
  {
    name: 'ingest_latency',
    summary: "How long events took from Kafka's log to the hot table, over the last five minutes",
    stream: retailEvents.name,
    sql: ingestLatency,
    parameters: parameters({}),
    row: retailRows.ingest_latency,
  },
];
