import { z } from 'zod';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ISO_UTC = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/;

/** The bounds of ClickHouse's DateTime, whole days. */
const EARLIEST = '1970-01-01';
const LATEST = '2106-02-07';

/** What a time is told that is out of these bounds. */
export const OUT_OF_BOUNDS = `must be a moment between ${EARLIEST} and ${LATEST}`;

/** What February 30 is told, and 25 o'clock. */
export const NOT_IN_CALENDAR = 'must be a date and a time that the calendar has';

/** `from` (inclusive) and `to` (exclusive), UTC, on whole minutes: the grain of the windows. */
export const minuteRange = { from: moment(MINUTE_MS, 'minute', EARLIEST), to: moment(MINUTE_MS, 'minute', LATEST) };

/** `from` (inclusive) and `to` (exclusive), UTC, on whole hours: the grain of the hourly gold tables. */
export const hourRange = { from: moment(HOUR_MS, 'hour', EARLIEST), to: moment(HOUR_MS, 'hour', LATEST) };

/** `from` (inclusive) and `to` (exclusive), UTC, on whole days: the grain of the daily gold tables. */
export const dayRange = { from: moment(DAY_MS, 'day', EARLIEST), to: moment(DAY_MS, 'day', LATEST) };

/** Most rows of an answer. */
export const limit = (byDefault: number, max = 10_000) =>
  wholeNumber(1, max)
    .default(byDefault)
    .meta({ description: `Most rows of the answer, at most ${max}` });

/** A whole number as a query string has it: in digits. To JavaScript a blank is 0, and 0x10 is 16. */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  const schema = z.int({ error, abort: true }).min(min, { error }).max(max, { error });
  return z.preprocess((text) => (typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : text), schema);
}

/** A filter that is off unless given. */
export const storeId = wholeNumber(0, 2_147_483_647).nullable().default(null).meta({ description: 'Only this store' });

/** A filter that is off unless given. */
export const text = (description: string) => z.string().min(1).max(256).nullable().default(null).meta({ description });

/** Declares the parameters of a query: others than these are refused, and `from` stands before `to`. */
export function parameters<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).refine(isRangeInOrder, { path: ['to'], message: 'must be later than "from"' });
}

function moment(grainMs: number, grain: string, byDefault: string) {
  return z
    .string()
    .regex(ISO_UTC, { error: 'must be a date or a UTC time: 2026-11-20 or 2026-11-20T10:00:00Z', abort: true })
    .refine(isInCalendar, { error: NOT_IN_CALENDAR, abort: true })
    .refine(isWithinBounds, { error: OUT_OF_BOUNDS, abort: true })
    .refine((value) => Date.parse(value) % grainMs === 0, {
      error: (issue) => {
        const floor = new Date(Math.floor(Date.parse(String(issue.input)) / grainMs) * grainMs);
        return `must be a whole ${grain}, for instance ${floor.toISOString().replace('.000Z', 'Z')}`;
      },
      abort: true,
    })
    .transform((value) => new Date(value))
    .prefault(byDefault)
    .meta({ description: `UTC, a whole ${grain}`, example: '2026-11-20T10:00:00Z' });
}

/** Whether a time in ISO 8601, UTC, names a moment. Date.parse turns February 30 into March 2, and 24:00 into a day. */
export function isInCalendar(value: string): boolean {
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value.slice(0, 10));
}

/** Whether ClickHouse's columns can hold the moment. */
export function isWithinBounds(value: string): boolean {
  const ms = Date.parse(value);
  return ms >= Date.parse(EARLIEST) && ms <= Date.parse(LATEST);
}

function isRangeInOrder(value: unknown): boolean {
  const { from, to } = value as { from?: Date; to?: Date };
  return from === undefined || to === undefined || from < to;
}
