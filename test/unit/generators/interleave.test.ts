import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { interleave } from '../../../localstack/generators/producing/interleave.ts';

function* repeat(name: string, times = Number.POSITIVE_INFINITY): Generator<string> {
  for (let i = 0; i < times; i++) yield name;
}

function take(count: number, weights: readonly number[]): string[] {
  const mixed = interleave(weights.map((weight, index) => ({ items: repeat(String(index)), weight })));
  return Array.from({ length: count }, () => mixed.next().value as string);
}

describe('several sources', () => {
  it('are mixed by their weights, evenly at any moment', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 500 }), (all, count) => {
        const taken = take(count, all);
        const total = all.reduce((sum, weight) => sum + weight, 0);
        for (const [index, weight] of all.entries()) {
          const times = taken.filter((name) => name === String(index)).length;
          expect(Math.abs(times - (count * weight) / total)).toBeLessThan(all.length);
        }
      }),
    );
  });

  it('of 2 and 5 a second make 2 and 5 of seven', () => {
    expect(take(7, [2, 5]).sort().join('')).toBe('0011111');
  });

  it('end when one of them does', () => {
    expect([...interleave([{ items: repeat('a', 3), weight: 1 }])]).toEqual(['a', 'a', 'a']);
  });
});
