import { CommandError } from './producing/command-error.ts';

/**
 * Reads the end of a history.
 *
 * @returns milliseconds since 1970 UTC
 * @throws CommandError if the text is no date or moment
 */
export function parseUntil(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const untilMs = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(untilMs)) throw new CommandError(`--until ${text}: must be "2026-11-01" or "2026-11-01T12:00:00Z".`);
  return untilMs;
}

/** Calendar months back from the end; the 31st becomes the shorter month's last day. */
export function spanMonths(months: number, untilMs: number): { fromMs: number; untilMs: number } {
  const from = new Date(untilMs);
  const day = from.getUTCDate();
  from.setUTCDate(1);
  from.setUTCMonth(from.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 0)).getUTCDate();
  from.setUTCDate(Math.min(day, lastDay));
  return { fromMs: from.getTime(), untilMs };
}
