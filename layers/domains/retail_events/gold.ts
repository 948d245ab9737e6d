import dailyProductPerformance from '../../../sql/retail_events/batch/contributions/daily_product_performance.sql';
import dailySalesSummary from '../../../sql/retail_events/batch/contributions/daily_sales_summary.sql';
import hourlySalesSummary from '../../../sql/retail_events/batch/contributions/hourly_sales_summary.sql';
import dailyProductPerformanceView from '../../../sql/retail_events/serving/templates/daily_product_performance.sql';
import dailySalesSummaryView from '../../../sql/retail_events/serving/templates/daily_sales_summary.sql';
import hourlySalesSummaryView from '../../../sql/retail_events/serving/templates/hourly_sales_summary.sql';
import type { Gold, Measure } from '../domain.ts';

const MEASURES: readonly Measure[] = [
  { name: 'transaction_count', merge: 'sum' },
  { name: 'total_quantity', merge: 'sum' },
  { name: 'total_revenue', merge: 'sum' },
  { name: 'total_unit_price', merge: 'sum' },
];

export const retailGold: readonly Gold[] = [
  {
    database: 'retail',
    name: 'daily_sales_summary',
    keys: ['date', 'store_id', 'category', 'transaction_type'],
    measures: MEASURES,
    contribution: dailySalesSummary,
    view: dailySalesSummaryView,
  },
  {
    database: 'retail',
    name: 'hourly_sales_summary',
    keys: ['hour', 'store_id', 'category', 'transaction_type'],
    measures: MEASURES,
    contribution: hourlySalesSummary,
    view: hourlySalesSummaryView,
  },
  {
    database: 'retail',
    name: 'daily_product_performance',
    keys: ['date', 'product_id', 'category', 'transaction_type'],
    measures: MEASURES,
    contribution: dailyProductPerformance,
    view: dailyProductPerformanceView,
  },
];
