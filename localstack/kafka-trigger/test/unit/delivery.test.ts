import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Batcher } from '../../src/core/batcher.ts';
import { topicPartition } from '../../src/core/event.ts';
import { type FailurePolicy, RETRY_UNTIL_SUCCESS } from '../../src/core/failure-policy.ts';
import type { DiscardedBatch } from '../../src/core/failure-record.ts';
import { deliverBatch } from '../../src/delivery.ts';
import type { Capture } from '../../src/destinations/capture.ts';
import { createInvoker, createMapping, createRecordingLog, offsetsOf } from '../support/fakes.ts';
import { createRecord } from '../support/records.ts';

type Offsets = Record<string, number[]>;

/** Delivers one batch of the given offsets per partition; returns what happened, in order. */
async function deliver(
  offsets: number[][],
  policy: Partial<FailurePolicy>,
  respond: (offsets: Offsets, attempt: number) => unknown,
  { timestamp = Date.now(), capture = undefined as Capture | undefined, signal = new AbortController().signal } = {},
) {
  const batcher = new Batcher({ maxRecords: 1000, windowMs: 0, maxBytes: 1e6, envelopeBytes: 100, maxInFlight: 1 });
  const lanes = batcher.assign(
    offsets.map((_, partition) => ({ topic: 't', partition })),
    true,
  );
  lanes.forEach((lane, i) => {
    const records = (offsets[i] ?? []).map((offset) => createRecord(offset, { timestamp }));
    lane.accept(records, (offsets[i]?.at(-1) ?? -1) + 1);
  });
  const batch = batcher.next(0);
  if (!batch) throw new Error('no batch is due');
  let attempt = 0;
  const { invoker, events } = createInvoker((event) => {
    attempt += 1;
    return respond(offsetsOf(event), attempt);
  });
  const { log, lines } = createRecordingLog();
  const finished: { outcome: string; offsets: Offsets }[] = [];
  const unfinished: (number | undefined)[][] = [];
  const waits: number[] = [];
  await deliverBatch(
    batch,
    {
      mapping: createMapping({ failurePolicy: { ...RETRY_UNTIL_SUCCESS, ...policy } }),
      source: { kind: 'self-managed', bootstrapServers: 'b-1:9092' },
      invoker,
      log,
      sleep: async (ms) => {
        waits.push(ms);
      },
      finish: async (slices, outcome) => {
        for (const { lane, records } of slices) lane.finish(records);
        const done = slices.map(({ lane, records }) => [lane.name, records.map(({ offset }) => offset)]);
        finished.push({ outcome, offsets: Object.fromEntries(done) });
        unfinished.push(lanes.map(({ firstUnfinished }) => firstUnfinished));
      },
      onFailure: () => {},
      capture,
    },
    signal,
  );
  return { attempts: events.map(offsetsOf), finished, unfinished, waits, lines };
}

const failOn = (poison: number) => (offsets: Offsets) => {
  if (Object.values(offsets).flat().includes(poison)) throw new Error('poison');
};
const itemFailures = (...failures: [partition: string, offset: number][]) => ({
  batchItemFailures: failures.map(([partition, offset]) => ({ itemIdentifier: { partition, offset } })),
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
describe('in provisioned mode', () => {
  it('retries end after MaximumRetryAttempts, the first attempt not counted; the records are passed, visibly', async () => {
    const { attempts, finished, lines, waits } = await deliver([[1, 2]], { maxRetries: 2 }, failOn(1));
    expect(attempts).toHaveLength(3);
    expect(waits).toEqual([100, 200]);
    expect(finished).toEqual([{ outcome: 'discarded', offsets: { 't-0': [1, 2] } }]);
    expect(lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
      reason: 'retries exhausted',
      partitions: [{ partition: 0, first_offset: 1, last_offset: 2 }],
    });
  });

  it('no retry at all is a possible setting', async () => {
    const { attempts } = await deliver([[1]], { maxRetries: 0 }, failOn(1));
    expect(attempts).toHaveLength(1);
  });

  it('records beyond MaximumRecordAgeInSeconds are passed without an attempt', async () => {
    const old = Date.now() - 61_000;
    const { attempts, finished } = await deliver([[1]], { maxRecordAgeMs: 60_000 }, () => undefined, {
      timestamp: old,
    });
    expect(attempts).toEqual([]);
    expect(finished).toEqual([{ outcome: 'discarded', offsets: { 't-0': [1] } }]);
  });

  it('a failed batch is halved down to the poison record, over partitions, in order', async () => {
    const { attempts, finished } = await deliver(
      [
        [1, 2],
        [1, 3],
      ],
      { maxRetries: 0, bisects: true },
      failOn(3),
    );
    expect(attempts).toEqual([
      { 't-0': [1, 2], 't-1': [1, 3] },
      { 't-0': [1, 2] },
      { 't-1': [1, 3] },
      { 't-1': [1] },
      { 't-1': [3] },
    ]);
    expect(finished.at(-1)).toEqual({ outcome: 'discarded', offsets: { 't-1': [3] } });
    expect(finished.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(2);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
describe('with ReportBatchItemFailures', () => {
  const policy = { reportsItemFailures: true };

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['something else', { statusCode: 200 }],
  ])('%s means success', async (_name, response) => {
    const { attempts } = await deliver([[1, 2]], policy, () => response);
    expect(attempts).toHaveLength(1);
  });

  it('each partition resumes at its lowest failed offset; partitions without one are done', async () => {
    const response = itemFailures(['t-0', 3], ['t-0', 2], ['t-2', 1]);
    const { attempts, unfinished } = await deliver([[1, 2, 3], [1], [1]], policy, (_, attempt) =>
      attempt === 1 ? response : undefined,
    );
    expect(attempts).toEqual([
      { 't-0': [1, 2, 3], 't-1': [1], 't-2': [1] },
      { 't-0': [2, 3], 't-2': [1] },
    ]);
    expect(unfinished[0]).toEqual([2, 2, 1]);
  });

  it.each([
    ['a pair that was not in the event', itemFailures(['t-0', 99])],
    ['a partition that was not in the event', itemFailures(['t-9', 1])],
    ['an identifier that is a string', { batchItemFailures: [{ itemIdentifier: 't-0-1' }] }],
    ['a list that is none', { batchItemFailures: 'all' }],
    ['a string', 'fine'],
  ])('%s means the whole batch again', async (_name, response) => {
    const { attempts, lines } = await deliver([[1, 2]], policy, (_, attempt) => (attempt === 1 ? response : undefined));
    expect(attempts).toEqual([{ 't-0': [1, 2] }, { 't-0': [1, 2] }]);
    expect(lines.find(({ level }) => level === 'warn')?.fields.error).toContain('malformed batch response');
  });

  it('is ignored by a mapping that has not set it', async () => {
    const { attempts } = await deliver([[1, 2]], {}, () => itemFailures(['t-0', 1]));
    expect(attempts).toHaveLength(1);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
describe('with an on-failure destination', () => {
  const summarise = (batches: DiscardedBatch[]) =>
    batches.map(({ slices, ...batch }) => ({
      ...batch,
      offsets: slices.map(({ records }) => records.map(({ offset }) => offset)),
    }));

  it('a batch goes there before its offsets are finished, with the reason and the number of attempts', async () => {
    const captured: DiscardedBatch[] = [];
    const order: string[] = [];
    const capture: Capture = async (batch) => {
      captured.push(batch);
      order.push('captured');
      return true;
    };
    const { finished } = await deliver([[1, 2]], { maxRetries: 1 }, failOn(1), { capture });
    expect(summarise(captured)).toEqual([
      { reason: 'retries exhausted', attempts: 2, hasFunctionError: true, offsets: [[1, 2]] },
    ]);
    expect(finished).toEqual([{ outcome: 'discarded', offsets: { 't-0': [1, 2] } }]);
    expect(order).toEqual(['captured']);
  });

  it('only the items that failed go there, and records that were too old without an attempt', async () => {
    const captured: DiscardedBatch[] = [];
    const capture: Capture = async (batch) => captured.push(batch) > 0;
    await deliver([[1, 2, 3]], { maxRetries: 0, reportsItemFailures: true }, () => itemFailures(['t-0', 2]), {
      capture,
    });
    await deliver([[4]], { maxRecordAgeMs: 60_000 }, () => undefined, { capture, timestamp: Date.now() - 61_000 });
    expect(summarise(captured)).toEqual([
      { reason: 'retries exhausted', attempts: 1, hasFunctionError: false, offsets: [[2, 3]] },
      { reason: 'record age exceeded', attempts: 0, hasFunctionError: false, offsets: [[4]] },
    ]);
  });

  it('that was not reached before the trigger stopped, nothing counts as done', async () => {
    const { finished } = await deliver([[1]], { maxRetries: 0 }, failOn(1), { capture: async () => false });
    expect(finished).toEqual([]);
  });
});

describe('under any policy and any failures', () => {
  const anyPolicy = fc.record({
    maxRetries: fc.constantFrom(0, 1, 3, Number.POSITIVE_INFINITY),
    maxRecordAgeMs: fc.constant(Number.POSITIVE_INFINITY),
    bisects: fc.boolean(),
    reportsItemFailures: fc.boolean(),
  });
  const anyOutcome = fc.constantFrom('success', 'throw', 'partial', 'malformed');

  it('every record is finished once, in order per partition, and nothing unfinished counts as done', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
        anyPolicy,
        fc.array(anyOutcome, { maxLength: 12 }),
        fc.nat(),
        async (counts, policy, outcomes, pick) => {
          const offsets = counts.map((count) => Array.from({ length: count }, (_, i) => i));
          const { finished, unfinished } = await deliver(offsets, policy, (event, attempt) => {
            const outcome = outcomes[attempt - 1];
            if (outcome === 'throw') throw new Error('no');
            if (outcome === 'malformed') return 'malformed';
            const [name, within] = Object.entries(event)[0] ?? ['', []];
            return outcome === 'partial' ? itemFailures([name, within[pick % within.length] ?? 0]) : undefined;
          });
          offsets.forEach((expected, partition) => {
            const name = topicPartition('t', partition);
            const seen = finished.map((each) => each.offsets[name] ?? []);
            expect(seen.flat()).toEqual(expected);
            seen.forEach((_, i) => {
              expect(unfinished[i]?.[partition]).toBe(seen.slice(0, i + 1).flat().length);
            });
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});
