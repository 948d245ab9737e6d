import type { retailRows } from '@tidemark/domains/retail_events/rows';
import type { z } from 'zod';
import { type Bar, rankBars } from './bars.ts';
import { formatMoney, formatNoun } from './format.ts';
import { parseUtc, type TimeRange } from './time.ts';

/** A row of the answer of the query called `Name`. */
export type SalesRow<Name extends keyof typeof retailRows> = z.infer<(typeof retailRows)[Name]>;

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** Longer periods are added up by day. */
const MAX_HOURLY_SECONDS = 31 * DAY_SECONDS;

/** The headline figures of a period. Revenue is of sales only: returns are stated beside it, not netted. */
export interface SalesSummary {
  revenue: string;
  sales: number;
  units: number;
  averageSale: number | null;
  returns: number;
  refunded: string;
  restocks: number;
}

/** From one row per transaction type; a type without a row had no transactions. */
export function summariseSales(rows: readonly SalesRow<'sales_totals'>[]): SalesSummary {
  const of = (type: string) => rows.find((row) => row.transaction_type === type);
  const sale = of('SALE');
  const sales = sale?.transaction_count ?? 0;
  return {
    revenue: sale?.total_revenue ?? '0',
    sales,
    units: sale?.total_quantity ?? 0,
    averageSale: sale === undefined || sales === 0 ? null : Number(sale.total_revenue) / sales,
    returns: of('RETURN')?.transaction_count ?? 0,
    refunded: of('RETURN')?.total_revenue ?? '0',
    restocks: of('RESTOCK')?.transaction_count ?? 0,
  };
}

/** Sales only, greatest revenue first. */
export function barsByCategory(rows: readonly SalesRow<'sales_by_category'>[]): Bar[] {
  const sales = rows.filter((row) => row.transaction_type === 'SALE');
  return rankBars(sales.map((row) => toRevenueBar(row.category, row)));
}

/** Greatest revenue first. */
export function barsByStore(rows: readonly SalesRow<'sales_by_store'>[]): Bar[] {
  return rankBars(rows.map((row) => toRevenueBar(`Store ${row.store_id}`, row)));
}

/** What the trend can show, by the field of the row it reads. */
export type TrendMeasure = 'total_revenue' | 'transaction_count' | 'total_quantity';

/** Ascending bucket starts in epoch seconds, and the value of each. */
export interface Trend {
  bucket: 'hour' | 'day';
  seconds: number[];
  values: number[];
  /** Whether the last bucket is the present one, and so not over yet. */
  isLastOpen: boolean;
}

/**
 * One point per hour of the period, or per day when it is longer than a month; buckets without sales are zero.
 * An open-ended period (`from` null) starts and ends where the rows do.
 */
export function buildTrend(
  rows: readonly SalesRow<'hourly_sales_trend'>[],
  measure: TrendMeasure,
  range: TimeRange | null,
  nowMs: number,
): Trend {
  const points = rows
    .map((row) => ({ second: Math.floor((parseUtc(row.hour) ?? Number.NaN) / 1000), value: Number(row[measure]) }))
    .filter((point) => Number.isFinite(point.second))
    .sort((a, b) => a.second - b.second);
  const first = range === null ? points[0]?.second : toSeconds(range.from);
  const end = range === null ? (points.at(-1)?.second ?? 0) + HOUR_SECONDS : toSeconds(range.to);
  if (points.length === 0 || first === undefined) {
    return { bucket: 'hour', seconds: [], values: [], isLastOpen: false };
  }
  const bucket = end - first > MAX_HOURLY_SECONDS ? 'day' : 'hour';
  const step = bucket === 'day' ? DAY_SECONDS : HOUR_SECONDS;
  const sums = new Map<number, number>();
  for (const { second, value } of points) {
    const start = Math.floor(second / step) * step;
    sums.set(start, (sums.get(start) ?? 0) + value);
  }
  const seconds: number[] = [];
  for (let second = Math.floor(first / step) * step; second < end; second += step) seconds.push(second);
  const isLastOpen = ((seconds.at(-1) ?? 0) + step) * 1000 > nowMs;
  return { bucket, seconds, values: seconds.map((second) => sums.get(second) ?? 0), isLastOpen };
}

function toRevenueBar(label: string, row: Pick<SalesRow<'sales_totals'>, 'total_revenue' | 'transaction_count'>): Bar {
  return {
    label,
    value: Number(row.total_revenue),
    text: formatMoney(row.total_revenue),
    note: formatNoun(row.transaction_count, 'sale'),
  };
}

function toSeconds(iso: string): number {
  return Math.floor((parseUtc(iso) ?? 0) / 1000);
}
