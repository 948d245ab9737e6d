import { describe, expect, it } from '@jest/globals';
import {
  barsByCategory,
  buildTrend,
  type SalesRow,
  summariseSales,
} from '../../../functions/serving/dashboard/model/sales.ts';

type Totals = SalesRow<'sales_totals'>;

const row = (
  transaction_type: Totals['transaction_type'],
  transaction_count: number,
  total_quantity: number,
  total_revenue: string,
): Totals => ({
  transaction_type,
  transaction_count,
  total_quantity,
  total_revenue,
});
const hour = (iso: string, total_revenue: string): SalesRow<'hourly_sales_trend'> => ({
  hour: iso,
  transaction_count: 1,
  total_quantity: 2,
  total_revenue,
});

describe('the headline figures', () => {
  it('take revenue from sales only, and state returns and restocks beside it', () => {
    const rows = [row('RESTOCK', 3, 900, '500'), row('RETURN', 2, 2, '19.98'), row('SALE', 4, 10, '100.5000')];

    expect(summariseSales(rows)).toEqual({
      revenue: '100.5000',
      sales: 4,
      units: 10,
      averageSale: 25.125,
      returns: 2,
      refunded: '19.98',
      restocks: 3,
    });
  });

  it('are zero without rows, and the average is not known', () => {
    expect(summariseSales([])).toMatchObject({ revenue: '0', sales: 0, averageSale: null, returns: 0 });
  });
});

describe('sales by category', () => {
  const category = (name: string) => ({ category: name, avg_unit_price: '4.75' });

  it('are ranked by revenue as numbers, returns left out', () => {
    const bars = barsByCategory([
      { ...category('Books'), ...row('SALE', 1, 1, '9.5') },
      { ...category('Home'), ...row('SALE', 2, 1, '100') },
      { ...category('Books'), ...row('RETURN', 7, 1, '900') },
    ]);

    expect(bars).toEqual([
      { label: 'Home', value: 100, text: '100.00', note: '2 sales' },
      { label: 'Books', value: 9.5, text: '9.50', note: '1 sale' },
    ]);
  });
});

describe('the trend', () => {
  const NOW = Date.parse('2026-11-21T07:42:13Z');
  const range = { from: '2026-11-21T05:00:00Z', to: '2026-11-21T08:00:00Z' };

  it('has one point for each hour of the period, in order, zero where nothing was sold', () => {
    const rows = [hour('2026-11-21T07:00:00Z', '30'), hour('2026-11-21T05:00:00Z', '10')];

    expect(buildTrend(rows, 'total_revenue', range, NOW)).toEqual({
      bucket: 'hour',
      seconds: ['05', '06', '07'].map((hh) => Date.parse(`2026-11-21T${hh}:00:00Z`) / 1000),
      values: [10, 0, 30],
      isLastOpen: true,
    });
  });

  it('shows the measure that is asked for', () => {
    expect(buildTrend([hour('2026-11-21T05:00:00Z', '10')], 'total_quantity', range, NOW).values).toEqual([2, 0, 0]);
  });

  it('adds up days over a long period', () => {
    const rows = [
      hour('2010-12-01T08:00:00Z', '1.5'),
      hour('2010-12-01T20:00:00Z', '2'),
      hour('2011-02-01T10:00:00Z', '4'),
    ];

    const { bucket, seconds, values, isLastOpen } = buildTrend(rows, 'total_revenue', null, NOW);

    expect(bucket).toBe('day');
    expect(isLastOpen).toBe(false);
    expect(seconds).toHaveLength(63);
    expect([values[0], values.at(-1), values.reduce((a, b) => a + b)]).toEqual([3.5, 4, 7.5]);
  });

  it('is empty without rows', () => {
    expect(buildTrend([], 'total_revenue', range, NOW)).toEqual({
      bucket: 'hour',
      seconds: [],
      values: [],
      isLastOpen: false,
    });
    expect(buildTrend([], 'total_revenue', null, NOW).seconds).toEqual([]);
  });
});
