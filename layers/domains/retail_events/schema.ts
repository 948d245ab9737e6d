import dailyProductPerformanceGold from '../../../sql/retail_events/batch/daily_product_performance_gold.sql';
import dailySalesSummaryGold from '../../../sql/retail_events/batch/daily_sales_summary_gold.sql';
import hourlySalesSummaryGold from '../../../sql/retail_events/batch/hourly_sales_summary_gold.sql';
import hourlySalesTrend from '../../../sql/retail_events/serving/hourly_sales_trend.sql';
import productPerformance from '../../../sql/retail_events/serving/product_performance.sql';
import productPerformanceSummary from '../../../sql/retail_events/serving/product_performance_summary.sql';
import salesByCategory from '../../../sql/retail_events/serving/sales_by_category.sql';
import salesByStore from '../../../sql/retail_events/serving/sales_by_store.sql';
import retailEventsRealtime from '../../../sql/retail_events/speed/retail_events_realtime.sql';
import type { Schema } from '../domain.ts';

/** What stands in sql/retail_events: a conformance test holds the two against each other. */
export const retailSchema: Schema = {
  tables: [retailEventsRealtime, dailyProductPerformanceGold, dailySalesSummaryGold, hourlySalesSummaryGold],
  views: [hourlySalesTrend, productPerformance, productPerformanceSummary, salesByCategory, salesByStore],
};
