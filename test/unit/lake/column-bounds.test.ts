import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { combineBounds, measureBounds } from '../../../layers/platform/lake/column-bounds.ts';
import { truncateLowerBound, truncateUpperBound } from '../../../layers/platform/lake/truncated-bounds.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const compareUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('bounds', () => {
  it('are the first and last value in UTF-8 order, also beyond the basic plane', () => {
    expect(measureBounds('string', ['\uff5e', '\u{1f600}', 'z'], 0, 3)).toMatchObject({ min: 'z', max: '\u{1f600}' });
    fc.assert(
      fc.property(fc.array(fc.option(anyText), { minLength: 1 }), (values) => {
        const texts = values.filter((value) => value !== null).sort(compareUtf8);
        const { min, max, nullCount, valueCount } = measureBounds('string', values, 0, values.length);
        expect([min, max]).toEqual([texts[0], texts.at(-1)]);
        expect([nullCount, valueCount]).toEqual([values.length - texts.length, values.length]);
      }),
    );
  });

  it('are the same whether measured at once or in two halves', () => {
    fc.assert(
      fc.property(fc.array(fc.option(anyText), { minLength: 2 }), fc.nat(), (values, anywhere) => {
        const middle = anywhere % values.length;
        const halves = combineBounds(
          'string',
          measureBounds('string', values, 0, middle),
          measureBounds('string', values, middle, values.length),
        );
        expect(halves).toEqual(measureBounds('string', values, 0, values.length));
      }),
    );
  });

  it('cover the whole range of typed arrays', () => {
    const extremes = BigInt64Array.of(5n, -(2n ** 63n), 2n ** 63n - 1n);
    expect(measureBounds('long', extremes, 0, 3)).toMatchObject({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    expect(measureBounds('int', Int32Array.of(3, -4, 9), 1, 2)).toMatchObject({ min: -4, max: -4, valueCount: 1 });
  });

  it('leave out NaN, and count it', () => {
    const { min, max, nanCount } = measureBounds('double', [Number.NaN, 2, null, -1], 0, 4);
    expect({ min, max, nanCount }).toEqual({ min: -1, max: 2, nanCount: 1 });
  });

  it('are absent where every value is null', () => {
    expect(measureBounds('string', [null, undefined], 0, 2)).toEqual({ valueCount: 2, nullCount: 2, nanCount: 0 });
  });
});

describe('truncated bounds', () => {
  it('enclose the text in at most sixteen code points', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const lower = truncateLowerBound('string', text) as string;
        const upper = truncateUpperBound('string', text) as string | undefined;
        expect(compareUtf8(lower, text)).toBeLessThanOrEqual(0);
        expect([...lower].length).toBeLessThanOrEqual(16);
        expect(upper === undefined || compareUtf8(upper, text) >= 0).toBe(true);
        expect([...(upper ?? '')].length).toBeLessThanOrEqual(16);
      }),
    );
  });

  it('enclose the bytes in at most sixteen', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const lower = truncateLowerBound('binary', bytes) as Uint8Array;
        const upper = truncateUpperBound('binary', bytes) as Uint8Array | undefined;
        expect(Buffer.compare(lower, bytes)).toBeLessThanOrEqual(0);
        expect(upper === undefined || Buffer.compare(upper, bytes) >= 0).toBe(true);
        expect(Math.max(lower.length, upper?.length ?? 0)).toBeLessThanOrEqual(16);
      }),
    );
  });

  it('round the last code point up, past the surrogates and past those that cannot grow', () => {
    const fifteen = 'a'.repeat(15);
    expect(truncateUpperBound('string', `${fifteen}b`)).toBe(`${fifteen}b`);
    expect(truncateUpperBound('string', `${fifteen}bc`)).toBe(`${fifteen}c`);
    expect(truncateUpperBound('string', `${fifteen}\ud7ffc`)).toBe(`${fifteen}\ue000`);
    expect(truncateUpperBound('string', `${fifteen}\u{10ffff}c`)).toBe(`${'a'.repeat(14)}b`);
    expect(truncateUpperBound('string', '\u{10ffff}'.repeat(17))).toBeUndefined();
    expect(truncateUpperBound('binary', new Uint8Array(17).fill(255))).toBeUndefined();
  });

  it('leave the bytes of the rows as they are', () => {
    const value = Buffer.from('{"event_id":"00000000"}');

    expect(truncateUpperBound('binary', value)).toEqual(Uint8Array.from(Buffer.from('{"event_id":"001')));
    expect(value.toString()).toBe('{"event_id":"00000000"}');
  });
});
