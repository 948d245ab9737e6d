import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createPacer } from '../../../localstack/generators/producing/pacer.ts';

describe('the pace', () => {
  it('is met exactly over any time, however uneven the looks at the clock', () => {
    const rates = fc.integer({ min: 1, max: 100_000 });
    const steps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(rates, steps, (rate, stepsMs) => {
        const pacer = createPacer(rate, 0);
        let nowMs = 0;
        let spent = 0;
        for (const stepMs of stepsMs) {
          nowMs += stepMs;
          const due = pacer.countDue(nowMs);
          pacer.spend(due);
          spent += due;
        }
        expect(Math.abs(spent - (nowMs * rate) / 1_000)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('has the first event due at once, and tells when the next one is', () => {
    const pacer = createPacer(4, 1_000);
    expect(pacer.msUntilNext(1_000)).toBe(0);
    pacer.spend(1);

    expect(pacer.countDue(1_000)).toBe(0);
    expect(pacer.msUntilNext(1_000)).toBe(250);
    expect(pacer.msUntilNext(1_100)).toBe(150);
    expect(pacer.countDue(1_250)).toBe(1);
  });

  it('makes up for one second after an outage, and goes on from there', () => {
    const pacer = createPacer(100, 0);
    pacer.spend(pacer.countDue(0));

    const afterOutage = pacer.countDue(60_000);
    pacer.spend(afterOutage);

    expect(afterOutage).toBe(100);
    expect(pacer.countDue(60_000)).toBe(0);
    expect(pacer.countDue(61_000)).toBe(100);
  });

  it('lets a rate below one a second owe one event and no more', () => {
    const pacer = createPacer(0.1, 0);
    pacer.spend(1);

    expect(pacer.countDue(9_999)).toBe(0);
    expect(pacer.countDue(10_000)).toBe(1);
    expect(pacer.countDue(100_000)).toBe(1);
  });

  it('without a rate always has more due', () => {
    const pacer = createPacer(undefined, 0);
    pacer.spend(1_000_000);

    expect(pacer.countDue(0)).toBe(Number.POSITIVE_INFINITY);
  });
});
