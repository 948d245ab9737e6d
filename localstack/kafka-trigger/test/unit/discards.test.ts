import { describe, expect, it, jest } from '@jest/globals';
import type { DiscardedBatch } from '../../src/core/failure-record.ts';
import type { Capture } from '../../src/destinations/capture.ts';
import { deliver, failOn, itemFailures } from '../support/deliver.ts';

/** A destination that takes everything. */
function createDestination() {
  const batches: DiscardedBatch[] = [];
  const capture: Capture = async (batch) => batches.push(batch) > 0;
  const summaries = () =>
    batches.map(({ slices, ...batch }) => ({
      ...batch,
      offsets: slices.map(({ records }) => records.map(({ offset }) => offset)),
    }));
  return { capture, summaries };
}

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
describe('with an on-failure destination', () => {
  it('a batch goes there before its offsets are finished, with the reason and the number of attempts', async () => {
    const order: string[] = [];
    const { capture, summaries } = createDestination();
    const { finished } = await deliver([[1, 2]], { maxRetries: 1 }, failOn(1), {
      capture: async (...args) => {
        order.push('captured');
        return capture(...args);
      },
    });
    expect(summaries()).toEqual([
      { reason: 'retries exhausted', attempts: 2, hasFunctionError: true, offsets: [[1, 2]] },
    ]);
    expect(finished).toEqual([{ outcome: 'discarded', offsets: { 't-0': [1, 2] } }]);
    expect(order).toEqual(['captured']);
  });

  it('only the items that failed go there, and records that were too old without an attempt', async () => {
    const { capture, summaries } = createDestination();
    const policy = { maxRetries: 0, reportsItemFailures: true };
    await deliver([[1, 2, 3]], policy, () => itemFailures(['t-0', 2]), { capture });
    await deliver([[4]], { maxRecordAgeMs: 60_000 }, () => undefined, { capture, timestamp: Date.now() - 61_000 });
    expect(summaries()).toEqual([
      { reason: 'retries exhausted', attempts: 1, hasFunctionError: false, offsets: [[2, 3]] },
      { reason: 'record age exceeded', attempts: 0, hasFunctionError: false, offsets: [[4]] },
    ]);
  });

  it('each record of a bisected batch tells the invocations that it was in, not those of the whole batch', async () => {
    const { capture, summaries } = createDestination();
    const offsets = [0, 1, 2, 3];
    await deliver([offsets], { maxRetries: 0, bisects: true }, failOn(...offsets), { capture });
    expect(summaries().map(({ attempts }) => attempts)).toEqual([3, 3, 3, 3]);
  });

  it.each([
    ['threw', true, { bisects: true }],
    ['threw', true, {}],
    ['named what failed', false, { reportsItemFailures: true }],
  ])('records that grow too old after the function %s tell so', async (how, hasFunctionError, policy) => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
    const { capture, summaries } = createDestination();
    const respond = () => {
      if (how === 'threw') throw new Error('no');
      return itemFailures(['t-0', 1]);
    };
    const onWait = () => clock.mockReturnValue(61_000);
    await deliver([[1, 2]], { ...policy, maxRecordAgeMs: 60_000 }, respond, { capture, timestamp: 0, onWait });
    clock.mockRestore();
    expect(summaries()[0]).toMatchObject({ reason: 'record age exceeded', attempts: 1, hasFunctionError });
  });

  it('that does not get them, nothing counts as done', async () => {
    const { finished } = await deliver([[1]], { maxRetries: 0 }, failOn(1), { capture: async () => false });
    expect(finished).toEqual([]);
  });
});
