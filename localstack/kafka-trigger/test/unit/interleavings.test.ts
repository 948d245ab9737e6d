import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { FailurePolicy } from '../../src/core/failure-policy.ts';
import { DeliveryModel, turn } from '../support/delivery-model.ts';
import { anyStep, PARTITIONS } from '../support/delivery-steps.ts';

beforeEach(() => {
  // The date moves when a step says so; all else runs in real time.
  const doNotFake = [
    'performance',
    'setImmediate',
    'setTimeout',
    'clearTimeout',
    'nextTick',
    'queueMicrotask',
  ] as const;
  jest.useFakeTimers({ now: 1_700_000_000_000, doNotFake: [...doNotFake] });
});
afterEach(() => {
  jest.useRealTimers();
});

const anyPolicy: fc.Arbitrary<FailurePolicy> = fc.record({
  maxRetries: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
  maxRecordAgeMs: fc.constantFrom(60_000, Number.POSITIVE_INFINITY),
  bisects: fc.boolean(),
  reportsItemFailures: fc.boolean(),
});

// https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
describe('under any interleaving of records, filters, answers, rebalances, failing commits and outages', () => {
  it('no record is skipped, order holds per partition, and no commit passes an unfinished record', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 20, maxLength: 80 }),
        anyPolicy,
        fc.integer({ min: 1, max: 5 }),
        async (steps, policy, batchSize) => {
          const model = new DeliveryModel(policy, batchSize);
          for (const step of steps) {
            model.apply(step);
            await turn();
          }
          await model.settle();
          expect(model.violations).toEqual([]);
          for (const partition of PARTITIONS) {
            expect([...(model.done[partition] ?? [])]).toEqual(model.topic[partition]?.wanted);
          }
          expect(model.committed).toEqual(model.topic.map(({ end }) => end));
          await model.poller.stop();
        },
      ),
      { numRuns: 1_000 },
    );
  }, 60_000);
});
