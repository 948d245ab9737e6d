import type { userRows } from '@tidemark/domains/user_events/rows';
import type { z } from 'zod';
import { type Bar, rankBars } from './bars.ts';
import { formatCount, formatShare } from './format.ts';
import { parseUtc, type TimeRange } from './time.ts';

/** A row of the answer of the query called `Name`. */
export type ActivityRow<Name extends keyof typeof userRows> = z.infer<(typeof userRows)[Name]>;

const MINUTE_SECONDS = 60;
/** Bottom to top: the rare ones stand on the axis, where their height can be read. */
const TYPE_ORDER = ['purchase', 'login', 'logout', 'click'];

/** Ascending starts of minutes in epoch seconds, and one series of counts for each event type. */
export interface MinuteStack {
  seconds: number[];
  series: StackedSeries[];
}

/** `values` and their `total`; the lowest of the stack first. */
export interface StackedSeries {
  label: string;
  values: number[];
  total: number;
}

type MinuteRow = Pick<ActivityRow<'events_per_minute'>, 'window_start' | 'event_count'> & { event_type: string };

/** One point for each minute of `range`, zero where nothing happened; every usual type has its series. */
export function stackMinutes(rows: readonly MinuteRow[], range: TimeRange): MinuteStack {
  const first = toSeconds(range.from);
  const length = Math.max(0, (toSeconds(range.to) - first) / MINUTE_SECONDS);
  const labels = [...new Set([...TYPE_ORDER, ...rows.map((row) => row.event_type)])];
  const series = labels.map((label) => {
    const values = new Array<number>(length).fill(0);
    for (const row of rows) {
      const index = (toSeconds(row.window_start) - first) / MINUTE_SECONDS;
      if (row.event_type === label && index in values) values[index] = (values[index] ?? 0) + row.event_count;
    }
    return { label, values, total: values.reduce((sum, value) => sum + value, 0) };
  });
  return { seconds: Array.from({ length }, (_, index) => first + index * MINUTE_SECONDS), series };
}

/** Of all windows, most first. */
export function barsByLoginSource(rows: readonly ActivityRow<'logins_per_source'>[]): Bar[] {
  return addUpBars(rows.map((row) => [row.source, row.login_count]));
}

/** Of all days, most first. */
export function barsByEventSource(rows: readonly ActivityRow<'events_per_source'>[]): Bar[] {
  return addUpBars(rows.map((row) => [row.source, row.event_count]));
}

/** Most purchases first. */
export function barsByPage(rows: readonly ActivityRow<'top_pages'>[]): Bar[] {
  return rankBars(rows.map((row) => toBar(row.page, row.purchase_count)));
}

/** What stands beside a day's users: how they compare with the same weekday a week before. */
export function describeGrowth(rows: readonly ActivityRow<'dau_growth'>[], day: string): string {
  const growth = rows.find((row) => row.event_date === day);
  const weekday = formatWeekday(day);
  if (growth === undefined || growth.dau_last_week === null) return `none last ${weekday} to compare with`;
  const change = growth.growth_pct === null ? '' : `${formatGrowth(growth.growth_pct)} on `;
  return `${change}${formatCount(growth.dau_last_week)} last ${weekday}`;
}

/** Per cent as "+3.2%" or "−12.0%". */
export function formatGrowth(percent: number): string {
  const sign = percent > 0 ? '+' : percent < 0 ? '−' : '±';
  return `${sign}${formatShare(Math.abs(percent), 100)}`;
}

/** "Saturday" for "2026-11-21". */
export function formatWeekday(day: string): string {
  const weekday = new Intl.DateTimeFormat('en-US', { weekday: 'long', timeZone: 'UTC' });
  return weekday.format(new Date(`${day}T00:00:00Z`));
}

function addUpBars(counts: readonly (readonly [label: string, count: number])[]): Bar[] {
  const sums = new Map<string, number>();
  for (const [label, count] of counts) sums.set(label, (sums.get(label) ?? 0) + count);
  return rankBars([...sums].map(([label, sum]) => toBar(label, sum)));
}

function toBar(label: string, value: number): Bar {
  return { label, value, text: formatCount(value), note: '' };
}

function toSeconds(iso: string): number {
  return Math.floor((parseUtc(iso) ?? 0) / 1000);
}
