import { describe, expect, it } from '@jest/globals';
import { formatDateTimeUtc, parseDateTimeUtc, parseIsoDateTime } from '@tidemark/domains/calendar';
import fc from 'fast-check';

const wholeSeconds = fc
  .integer({ min: Date.UTC(0, 0, 1) / 1_000, max: Date.UTC(9999, 11, 31, 23, 59, 59) / 1_000 })
  .map((seconds) => seconds * 1_000);

describe('date and time as text', () => {
  it('comes back as it was written, for every second of four-digit years', () => {
    fc.assert(
      fc.property(wholeSeconds, (ms) => {
        expect(parseDateTimeUtc(formatDateTimeUtc(ms))).toBe(ms);
      }),
    );
  });

  it('cuts milliseconds off', () => {
    expect(formatDateTimeUtc(Date.UTC(2026, 10, 21, 7, 8, 9, 999))).toBe('2026-11-21 07:08:09');
  });

  it('is read as UTC', () => {
    expect(parseDateTimeUtc('2026-11-21 07:08:09')).toBe(Date.UTC(2026, 10, 21, 7, 8, 9));
  });

  it.each([
    '2026-02-29 00:00:00',
    '2026-04-31 00:00:00',
    '2026-13-01 00:00:00',
    '2026-00-10 00:00:00',
    '2026-01-00 00:00:00',
    '2026-01-01 24:00:00',
    '2026-01-01 00:60:00',
    '2026-01-01 00:00:60',
    '2026-1-1 0:0:0',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00 ',
    '2026-01-01',
    '',
  ])('names no moment: "%s"', (text) => {
    expect(parseDateTimeUtc(text)).toBeUndefined();
  });

  it('is never misread: what is accepted is written the same way again', () => {
    const digits = fc.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    fc.assert(
      fc.property(digits, (text) => {
        const ms = parseDateTimeUtc(text);
        expect(ms === undefined ? text : formatDateTimeUtc(ms)).toBe(text);
      }),
    );
  });
});

describe('a moment of ISO 8601', () => {
  const HALF_PAST_TWO = Date.UTC(2026, 1, 6, 14, 30);
  const anyMs = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2100, 0, 1) });
  const offsetMinutes = fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 });
  const twoDigits = (value: number) => String(value).padStart(2, '0');

  it.each([
    ['without a zone is UTC', '2026-02-06T14:30:00', HALF_PAST_TWO],
    ['with Z', '2026-02-06T14:30:00Z', HALF_PAST_TWO],
    ['with a zone ahead of UTC', '2026-02-06T16:30:00+02:00', HALF_PAST_TWO],
    ['with a zone behind UTC, across midnight', '2026-02-05T23:00:00-15:30', HALF_PAST_TWO],
    ['with a zone without colon', '2026-02-06T16:30:00+0200', HALF_PAST_TWO],
    ['with a zone of hours', '2026-02-06T16:30:00+02', HALF_PAST_TWO],
    ['without seconds, as Java writes whole minutes', '2026-02-06T14:30', HALF_PAST_TWO],
    ['without seconds, with a zone', '2026-02-06T14:30Z', HALF_PAST_TWO],
    ['with one digit of a fraction', '2026-02-06T14:30:00.1Z', HALF_PAST_TWO + 100],
    ['with two digits of a fraction', '2026-02-06T14:30:00.12', HALF_PAST_TWO + 120],
    ['with milliseconds', '2026-02-06T14:30:00.123+00:00', HALF_PAST_TWO + 123],
    ['with microseconds, cut off', '2026-02-06T14:30:00.123999', HALF_PAST_TWO + 123],
    ['with nanoseconds, cut off', '2026-02-06T14:30:59.999999999Z', HALF_PAST_TWO + 59_999],
  ])('%s', (_what, text, expected) => {
    expect(parseIsoDateTime(text)).toBe(expected);
  });

  it('comes back as JavaScript writes it, in any zone', () => {
    fc.assert(
      fc.property(anyMs, offsetMinutes, (ms, offset) => {
        const local = new Date(ms + offset * 60_000).toISOString().replace('Z', '');
        const zone = `${twoDigits(Math.floor(Math.abs(offset) / 60))}:${twoDigits(Math.abs(offset) % 60)}`;
        expect(parseIsoDateTime(`${local}${offset < 0 ? '-' : '+'}${zone}`)).toBe(ms);
      }),
    );
  });

  it('is what JavaScript reads, or is refused', () => {
    const written = fc.stringMatching(
      /^20[012]\d-[01]\d-[0123]\dT[012]\d:[0-6]\d(:[0-6]\d(\.\d{1,3})?)?(Z|[+-][012]\d:[0-6]\d)$/,
    );
    fc.assert(
      fc.property(written, (text) => {
        const ms = parseIsoDateTime(text);
        // Date.parse takes 24:00 and zones such as +29:65 in some versions, and turns February 30 into March 2.
        expect(ms ?? Date.parse(text)).toBe(Date.parse(text));
      }),
    );
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00+02:60',
    '2026-01-01T00:00:00 Z',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567890Z',
    '2026-01-01T00:00:00z',
    '2026-01-01T00:00.5Z',
    '2026-01-01 00:00:00',
    '20260101T000000Z',
    '2026-01-01',
    '2026-01-01T00',
    ' 2026-01-01T00:00:00',
    '',
  ])('is none: "%s"', (text) => {
    expect(parseIsoDateTime(text)).toBeUndefined();
  });
});
