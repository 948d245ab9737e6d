const DATE_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/**
 * Reads "YYYY-MM-DD HH:MM:SS" as UTC.
 *
 * @returns milliseconds since 1970, or undefined where it is written otherwise or names no moment (February 30).
 */
export function parseDateTimeUtc(text: string): number | undefined {
  // Judging an event and storing it read the same text, one after the other.
  if (text !== lastText) [lastText, lastMs] = [text, parse(text)];
  return lastMs;
}

/** Writes a moment as "YYYY-MM-DD HH:MM:SS" in UTC; milliseconds are cut off. */
export function formatDateTimeUtc(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

let lastText = '';
let lastMs: number | undefined;

function parse(text: string): number | undefined {
  if (!DATE_TIME.test(text)) return undefined;
  const year = readDigits(text, 0, 4);
  const month = readDigits(text, 5, 2);
  const day = readDigits(text, 8, 2);
  const hour = readDigits(text, 11, 2);
  const minute = readDigits(text, 14, 2);
  const second = readDigits(text, 17, 2);
  // Date.UTC takes years below 100 for those of the 20th century.
  if (year < 100 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  // A day that the month does not have comes out as one of its neighbour.
  return new Date(ms).getUTCDate() === day ? ms : undefined;
}

/** Without a match object or a substring, which would take four times as long: every event is read here. */
function readDigits(text: string, from: number, length: number): number {
  let value = 0;
  for (let index = from; index < from + length; index += 1) value = value * 10 + text.charCodeAt(index) - ZERO;
  return value;
}

const ZERO = '0'.charCodeAt(0);
