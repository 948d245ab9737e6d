import { describe, expect, it } from '@jest/globals';
import {
  barsByEventSource,
  barsByLoginSource,
  barsByPage,
  describeGrowth,
  formatGrowth,
  stackMinutes,
} from '../../../functions/serving/dashboard/model/activity.ts';

describe('events per minute', () => {
  const range = { from: '2026-11-21T07:58:00Z', to: '2026-11-21T08:01:00Z' };
  const row = (window_start: string, event_type: string, event_count: number) => ({
    window_start,
    event_type,
    event_count,
  });

  it('have a point for each minute, zero where nothing happened, and a series for each usual type', () => {
    const rows = [row('2026-11-21T08:00:00Z', 'click', 5), row('2026-11-21T07:58:00Z', 'click', 2)];

    const { seconds, series } = stackMinutes(rows, range);

    expect(seconds).toEqual(['07:58', '07:59', '08:00'].map((time) => Date.parse(`2026-11-21T${time}:00Z`) / 1000));
    expect(series).toEqual([
      { label: 'purchase', values: [0, 0, 0], total: 0 },
      { label: 'login', values: [0, 0, 0], total: 0 },
      { label: 'logout', values: [0, 0, 0], total: 0 },
      { label: 'click', values: [2, 0, 5], total: 7 },
    ]);
  });

  it('give a type that is not usual a series of its own', () => {
    expect(stackMinutes([row('2026-11-21T07:59:00Z', 'refund', 3)], range).series.at(-1)).toEqual({
      label: 'refund',
      values: [0, 3, 0],
      total: 3,
    });
  });

  it('leave out minutes outside the range', () => {
    const rows = [row('2026-11-21T07:57:00Z', 'login', 1), row('2026-11-21T08:01:00Z', 'login', 1)];

    expect(stackMinutes(rows, range).series[1]).toEqual({ label: 'login', values: [0, 0, 0], total: 0 });
  });
});

describe('the rankings', () => {
  it('add up logins of all minutes by source', () => {
    const login = (source: 'web' | 'mobile', login_count: number) => ({
      window_start: '2026-11-21T08:00:00Z',
      window_end: '2026-11-21T08:01:00Z',
      source,
      login_count,
    });

    expect(barsByLoginSource([login('web', 2), login('mobile', 1200), login('web', 3)])).toEqual([
      { label: 'mobile', value: 1200, text: '1,200', note: '' },
      { label: 'web', value: 5, text: '5', note: '' },
    ]);
  });

  it('add up events of all days by source', () => {
    const events = (event_date: string, event_count: number) => ({ event_date, source: 'web' as const, event_count });

    expect(barsByEventSource([events('2026-11-20', 1), events('2026-11-21', 4)])).toMatchObject([
      { label: 'web', value: 5 },
    ]);
  });

  it('put the page with most purchases first', () => {
    const bars = barsByPage([
      { page: '/help', purchase_count: 1 },
      { page: '/cart', purchase_count: 9 },
    ]);

    expect(bars.map(({ label }) => label)).toEqual(['/cart', '/help']);
  });
});

describe('growth on the week before', () => {
  const day = (dau_last_week: number | null, growth_pct: number | null) => [
    { event_date: '2026-11-21', dau_count: 110, dau_last_week, growth_pct },
  ];

  it('names the weekday it compares with', () => {
    expect(describeGrowth(day(1000, 10), '2026-11-21')).toBe('+10.0% on 1,000 last Saturday');
  });

  it('says so when there is nothing to compare with', () => {
    expect(describeGrowth(day(null, null), '2026-11-21')).toBe('none last Saturday to compare with');
    expect(describeGrowth([], '2026-11-21')).toBe('none last Saturday to compare with');
  });

  it('always shows its sign', () => {
    expect([3.25, -12, 0].map(formatGrowth)).toEqual(['+3.3%', '−12.0%', '±0.0%']);
  });
});
