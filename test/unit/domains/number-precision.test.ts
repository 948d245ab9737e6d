import { describe, expect, it } from '@jest/globals';
import { findImpreciseNumber } from '@tidemark/domains/number-precision';
import fc from 'fast-check';

/** A JSON number of so many significant digits, with its point anywhere. */
function literalOf(digits: { min: number; max: number }) {
  const significant = fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: digits.min - 2, maxLength: digits.max - 2 }),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([first, middle, last]) => [first, ...middle, last].join(''));
  return fc.tuple(significant, fc.nat(), fc.boolean()).map(([text, at, isNegative]) => {
    const point = 1 + (at % text.length);
    const whole = text.slice(0, point);
    const fraction = text.slice(point);
    return `${isNegative ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
  });
}

describe('a number that JSON.parse would round', () => {
  it('is found wherever it stands in the text', () => {
    fc.assert(
      fc.property(literalOf({ min: 16, max: 40 }), fc.string(), fc.jsonValue(), (literal, name, other) => {
        const json = `{${JSON.stringify(name)}:[{"a":${literal}}],"other":${JSON.stringify(other)}}`;
        expect(findImpreciseNumber(json)).toBe(literal);
      }),
    );
  });

  it('is not one of up to 15 digits', () => {
    fc.assert(
      fc.property(literalOf({ min: 2, max: 15 }), (literal) => {
        expect(findImpreciseNumber(`{"price":${literal}}`)).toBeUndefined();
      }),
    );
  });

  it('is not looked for in strings and names', () => {
    fc.assert(
      fc.property(fc.string(), literalOf({ min: 16, max: 40 }), (text, literal) => {
        const json = JSON.stringify({ [`${text}${literal}`]: `${literal}"${text}\\`, other: `"${literal}` });
        expect(findImpreciseNumber(json)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['zeros in front', '0.000000000000000000000000000012'],
    ['zeros behind', '120000000000000000000000000000'],
    ['zeros behind the point', '1.50000000000000000000000'],
    ['zero itself', '0.000000000000000000000'],
    ['an exponent', '1.5e20'],
    ['the largest exponent', '1e308'],
  ])('is not made by %s', (_what, literal) => {
    expect(findImpreciseNumber(`[${literal}]`)).toBeUndefined();
  });

  it.each(['1e-400', '-0.1E-999', '12e-1000'])('is one that comes out as zero: %s', (literal) => {
    expect(findImpreciseNumber(`[${literal}]`)).toBe(literal);
  });
});
