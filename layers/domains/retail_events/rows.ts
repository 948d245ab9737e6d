import { z } from 'zod';
import { TRANSACTION_TYPES } from './event.ts';

const money = z.string().meta({ description: 'Exact decimal', example: '450.5' });
const count = z.int().meta({ description: 'Events' });
const sums = { transaction_count: count, total_quantity: z.int().meta({ description: 'Units' }), total_revenue: money };

/** What a row of each query's answer is, by the query's name. */
export const retailRows = {
  sales_totals: z.object({ transaction_type: z.enum(TRANSACTION_TYPES), ...sums }),
  sales_by_category: z.object({ category: z.string(), transaction_type: z.string(), ...sums, avg_unit_price: money }),
  sales_by_store: z.object({ store_id: z.int(), ...sums }),
  hourly_sales_trend: z.object({ hour: z.iso.datetime(), ...sums }),
  product_performance: z.object({ product_id: z.string(), category: z.string(), ...sums, avg_unit_price: money }),
  latest_events: z.object({
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
  ingest_latency: z.object({ events: z.int(), p50_ms: z.int(), p99_ms: z.int(), max_ms: z.int() }),
};
