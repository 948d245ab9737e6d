const DATE_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/**
 * A date and a time of ISO 8601 in its extended form: seconds, a fraction of up to nine digits, and a zone (`Z`,
 * `+02:00`, `+0200`, `+02`) may be left out. Java leaves out whole minutes' seconds, Python writes microseconds.
 */
export const ISO_DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)?$/;

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

/**
 * Reads a moment written as `ISO_DATE_TIME`; without a zone it is UTC. Digits beyond the milliseconds are cut off.
 *
 * @returns milliseconds since 1970, or undefined where it is written otherwise or names no moment (February 30).
 */
export function parseIsoDateTime(text: string): number | undefined {
  if (text !== lastIsoText) [lastIsoText, lastIsoMs] = [text, parseIso(text)];
  return lastIsoMs;
}

/** Writes a moment as "YYYY-MM-DD HH:MM:SS" in UTC; milliseconds are cut off. */
export function formatDateTimeUtc(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

let lastText = '';
let lastMs: number | undefined;
let lastIsoText = '';
let lastIsoMs: number | undefined;

function parse(text: string): number | undefined {
  return DATE_TIME.test(text) ? readDateTime(text, readDigits(text, 17, 2)) : undefined;
}

function parseIso(text: string): number | undefined {
  if (!ISO_DATE_TIME.test(text)) return undefined;
  let end = MINUTES_END;
  let second = 0;
  let milliseconds = 0;
  if (text[end] === ':') {
    second = readDigits(text, end + 1, 2);
    end += 3;
  }
  if (text[end] === '.') {
    const begin = end + 1;
    end = begin;
    while (end < text.length && isDigit(text, end)) end += 1;
    const digits = Math.min(end - begin, 3);
    milliseconds = readDigits(text, begin, digits) * 10 ** (3 - digits);
  }
  const ms = readDateTime(text, second);
  const zoneMs = readZone(text, end);
  return ms === undefined || zoneMs === undefined ? undefined : ms + milliseconds - zoneMs;
}

/** How far the zone that begins there is ahead of UTC, in milliseconds. */
function readZone(text: string, from: number): number | undefined {
  if (from === text.length || text[from] === 'Z') return 0;
  const hours = readDigits(text, from + 1, 2);
  const minutes = text.length === from + 3 ? 0 : readDigits(text, text.length - 2, 2);
  if (hours > 23 || minutes > 59) return undefined;
  const ms = (hours * 60 + minutes) * 60_000;
  return text[from] === '-' ? -ms : ms;
}

/** Reads "YYYY-MM-DD?HH:MM" at the beginning of the text. */
function readDateTime(text: string, second: number): number | undefined {
  const year = readDigits(text, 0, 4);
  const month = readDigits(text, 5, 2);
  const day = readDigits(text, 8, 2);
  const hour = readDigits(text, 11, 2);
  const minute = readDigits(text, 14, 2);
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

function isDigit(text: string, index: number): boolean {
  const digit = text.charCodeAt(index) - ZERO;
  return digit >= 0 && digit <= 9;
}

const ZERO = '0'.charCodeAt(0);
const MINUTES_END = 'YYYY-MM-DDTHH:MM'.length;
