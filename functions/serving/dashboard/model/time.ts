import { UNKNOWN } from './format.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "07:42:13 UTC", with the date before it when that is not today's. An unreadable time is shown as it came. */
export function formatUtc(iso: string | null, nowMs: number): string {
  if (iso === null) return UNKNOWN;
  const ms = parseUtc(iso);
  if (ms === undefined) return iso;
  const text = new Date(ms).toISOString();
  const day = text.slice(0, 10);
  const clock = `${text.slice(11, 19)} UTC`;
  return day === new Date(nowMs).toISOString().slice(0, 10) ? clock : `${day} ${clock}`;
}

/** "now", "12 s ago", "3 min ago", "2 h ago", "5 days ago". A clock slightly ahead of ours still says "now". */
export function formatAgo(iso: string | null, nowMs: number): string {
  const ms = iso === null ? undefined : parseUtc(iso);
  if (ms === undefined) return '';
  const seconds = Math.floor((nowMs - ms) / 1000);
  if (seconds < -60) return 'ahead of this clock';
  if (seconds < 1) return 'now';
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}

/** Milliseconds of an ISO-8601 time; one without a zone is UTC, as ClickHouse writes it. */
export function parseUtc(iso: string): number | undefined {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso.replace(' ', 'T')}Z`;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A choice of period. `hours` counts back from the end of the current hour; null is everything there is. */
export interface Period {
  id: string;
  label: string;
  hours: number | null;
}

export const PERIODS: readonly [Period, ...Period[]] = [
  { id: '24h', label: '24 hours', hours: 24 },
  { id: '7d', label: '7 days', hours: 7 * 24 },
  { id: '30d', label: '30 days', hours: 30 * 24 },
  { id: 'all', label: 'All', hours: null },
];

/** UTC: `from` inclusive, `to` exclusive. */
export interface TimeRange {
  from: string;
  to: string;
}

/** The whole hours of a period; null is without bounds. */
export function rangeOf(period: Period, nowMs: number): TimeRange | null {
  return period.hours === null ? null : rangeUpTo(nowMs, HOUR_MS, period.hours);
}

/** The last `minutes` whole minutes, the present one included. */
export function rangeOfMinutes(minutes: number, nowMs: number): TimeRange {
  return rangeUpTo(nowMs, MINUTE_MS, minutes);
}

/** The last `days` whole days, today included. */
export function rangeOfDays(days: number, nowMs: number): TimeRange {
  return rangeUpTo(nowMs, DAY_MS, days);
}

/** "2026-11-21", the day of the moment in UTC. */
export function dayOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}

function rangeUpTo(nowMs: number, grainMs: number, grains: number): TimeRange {
  const endMs = (Math.floor(nowMs / grainMs) + 1) * grainMs;
  return { from: toIso(endMs - grains * grainMs), to: toIso(endMs) };
}

function toIso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
