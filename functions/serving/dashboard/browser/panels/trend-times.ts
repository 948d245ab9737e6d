const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });
const full = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

const DAY_SECONDS = 86_400;
const BUCKET_SECONDS = { minute: 60, hour: 3600 };

/** Labels for an axis: the hour, the day where one begins; days or months when the steps are as long. UTC. */
export function formatAxisTimes(splits: readonly number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((second) => {
    const date = new Date(second * 1000);
    if (step >= 28 * DAY_SECONDS) return month.format(date);
    return step >= DAY_SECONDS || second % DAY_SECONDS === 0 ? day.format(date) : clock.format(date);
  });
}

/** "Sat, 21 Nov 2026, 07:00–08:00 UTC", or the day alone. */
export function formatBucket(second: number, bucket: 'minute' | 'hour' | 'day'): string {
  const date = new Date(second * 1000);
  if (bucket === 'day') return full.format(date);
  const end = new Date((second + BUCKET_SECONDS[bucket]) * 1000);
  return `${full.format(date)}, ${clock.format(date)}–${clock.format(end)} UTC`;
}
