import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dayOf, formatDay, splitByDay } from '../../../layers/platform/lake/day-partition.ts';

const anyMicros = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

describe('the day of a timestamp', () => {
  it.each([
    [0n, 0, '1970-01-01'],
    [86_399_999_999n, 0, '1970-01-01'],
    [86_400_000_000n, 1, '1970-01-02'],
    [-1n, -1, '1969-12-31'],
    [-86_400_000_000n, -1, '1969-12-31'],
    [-86_400_000_001n, -2, '1969-12-30'],
    // The specification's example for 2017-11-16T22:31:08.
    [1_510_871_468_000_000n, 17_486, '2017-11-16'],
  ])('%s microseconds is day %s, %s', (micros, day, text) => {
    expect(dayOf(micros)).toBe(day);
    expect(formatDay(day)).toBe(text);
  });

  it('is the same in typed arrays as one by one, for every 64-bit value', () => {
    const nearMidnight = fc
      .integer({ min: -106_751_990, max: 106_751_990 })
      .map((day) => BigInt(day) * 86_400_000_000n);
    const anyTime = fc.oneof(
      anyMicros,
      nearMidnight,
      nearMidnight.map((micros) => micros - 1n),
    );
    fc.assert(
      fc.property(anyTime, (micros) => {
        const [only] = splitByDay({ at: BigInt64Array.of(micros) }, 'at');
        expect(only?.day).toBe(dayOf(micros));
      }),
    );
  });
});

describe('splitting by day', () => {
  it('keeps every row once, days ascending, the order within a day', () => {
    const micros = fc.integer({ min: -3, max: 3 }).map((half) => BigInt(half) * 43_200_000_000n);
    fc.assert(
      fc.property(fc.array(micros, { minLength: 1 }), (times) => {
        const rows = {
          at: BigInt64Array.from(times),
          n: Int32Array.from(times.keys()),
          text: [...times.keys()].map(String),
        };
        const days = splitByDay(rows, 'at');
        const split = days.flatMap(({ day, rows: { at, n, text } }) =>
          Array.from(n ?? [], (number, index) => ({ day, at: at?.[index], n: number, text: text?.[index] })),
        );
        const expected = times
          .map((at, index) => ({ day: dayOf(at), at, n: index, text: String(index) }))
          .sort((a, b) => a.day - b.day);
        expect(split).toEqual(expected);
      }),
    );
  });

  it('has no day where there are no rows', () => {
    expect(splitByDay({ at: new BigInt64Array(0) }, 'at')).toEqual([]);
  });
});
