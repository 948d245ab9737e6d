import { describe, expect, it } from '@jest/globals';
import { formatDateTimeUtc, parseDateTimeUtc } from '@tidemark/domains/calendar';
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
