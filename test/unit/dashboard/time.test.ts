import { describe, expect, it } from '@jest/globals';
import {
  formatAgo,
  formatUtc,
  PERIODS,
  parseUtc,
  rangeOf,
  rangeOfDays,
  rangeOfMinutes,
} from '../../../functions/serving/dashboard/model/time.ts';

const NOW = Date.parse('2026-11-21T07:42:13Z');
const secondsAgo = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

describe('times on the dashboard', () => {
  it('are in UTC, with the date unless it is today’s', () => {
    expect(formatUtc('2026-11-21T06:00:05.123Z', NOW)).toBe('06:00:05 UTC');
    expect(formatUtc('2010-12-01T08:26:00Z', NOW)).toBe('2010-12-01 08:26:00 UTC');
  });

  it('read a time without a zone as UTC, whatever the machine’s zone', () => {
    expect(parseUtc('2026-11-21 06:00:05')).toBe(Date.UTC(2026, 10, 21, 6, 0, 5));
    expect(parseUtc('2026-11-21T06:00:05+02:00')).toBe(Date.UTC(2026, 10, 21, 4, 0, 5));
  });

  it('show what cannot be read as it came', () => {
    expect(formatUtc('soon', NOW)).toBe('soon');
    expect(formatAgo('soon', NOW)).toBe('');
  });

  it.each([
    [-2, 'now'],
    [-3600, 'ahead of this clock'],
    [0, 'now'],
    [12, '12 s ago'],
    [180, '3 min ago'],
    [2 * 3600, '2 h ago'],
    [5 * 86_400, '5 days ago'],
  ])('%d seconds back are "%s"', (seconds, words) => {
    expect(formatAgo(secondsAgo(seconds), NOW)).toBe(words);
  });
});

describe('a period', () => {
  const find = (id: string) => PERIODS.find((period) => period.id === id) ?? PERIODS[0];

  it('is whole hours and includes the present one', () => {
    expect(rangeOf(find('24h'), NOW)).toEqual({ from: '2026-11-20T08:00:00Z', to: '2026-11-21T08:00:00Z' });
  });

  it('starts at the next hour’s end when the hour has just begun', () => {
    expect(rangeOf(find('24h'), Date.parse('2026-11-21T08:00:00Z'))).toEqual({
      from: '2026-11-20T09:00:00Z',
      to: '2026-11-21T09:00:00Z',
    });
  });

  it('has no bounds when it is all', () => {
    expect(rangeOf(find('all'), NOW)).toBeNull();
  });

  it('of minutes or days ends with the present one', () => {
    expect(rangeOfMinutes(60, NOW)).toEqual({ from: '2026-11-21T06:43:00Z', to: '2026-11-21T07:43:00Z' });
    expect(rangeOfDays(7, NOW)).toEqual({ from: '2026-11-15T00:00:00Z', to: '2026-11-22T00:00:00Z' });
  });
});
