import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { topicPartition } from '../../src/core/event.ts';
import type { Capture } from '../../src/destinations/capture.ts';
import { deliver, failOn, itemFailures, type Offsets } from '../support/deliver.ts';
import { NotReached } from '../support/fakes.ts';

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

  // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
  it('a function that cannot be invoked is tried again and again: no retry is spent and nothing is halved', async () => {
    const { attempts, finished, waits, lines } = await deliver(
      [[1, 2]],
      { maxRetries: 1, bisects: true },
      (offsets, attempt) => {
        if (attempt <= 3 || attempt === 5) throw new NotReached('connect ECONNREFUSED');
        failOn(2)(offsets);
      },
    );
    expect(attempts.map((offsets) => offsets['t-0'])).toEqual([...Array(4).fill([1, 2]), [1], [1], [2], [2]]);
    expect(waits).toEqual([100, 200, 400, 100, 100, 100]);
    expect(finished.map(({ outcome }) => outcome)).toEqual(['delivered', 'discarded']);
    const batches = lines.filter(({ message }) => message === 'batch').map(({ fields }) => fields);
    expect(batches.map(({ outcome, attempt }) => `${outcome} ${attempt}`)).toEqual([
      ...Array(3).fill('not invoked 1'),
      'failed 1',
      'not invoked 2',
      'delivered 2',
      'failed 2',
      'failed 3',
    ]);
    expect(batches[0]).toMatchObject({ error: 'connect ECONNREFUSED' });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
  it('a function that cannot be invoked is given up when the records are too old', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
    const { attempts, finished } = await deliver(
      [[1]],
      { maxRetries: 0, maxRecordAgeMs: 60_000 },
      () => {
        throw new NotReached('429');
      },
      { timestamp: 0, onWait: () => clock.mockReturnValue(Date.now() + 20_000) },
    );
    clock.mockRestore();
    expect(attempts).toHaveLength(4);
    expect(finished).toEqual([{ outcome: 'discarded', offsets: { 't-0': [1] } }]);
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

  it('a response that gets further begins the retries anew for what is left', async () => {
    const { attempts, finished } = await deliver([[1, 2]], { ...policy, maxRetries: 1 }, (_, attempt) =>
      itemFailures(['t-0', attempt === 1 ? 1 : 2]),
    );
    expect(attempts.map((offsets) => offsets['t-0'])).toEqual([[1, 2], [1, 2], [2]]);
    expect(finished.at(-1)).toEqual({ outcome: 'discarded', offsets: { 't-0': [2] } });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
  it('and bisection, a batch is split where the response says; halved only where it gets no further', async () => {
    const { attempts, finished } = await deliver(
      [[1, 2, 3, 4]],
      { ...policy, maxRetries: 0, bisects: true },
      (offsets) => (offsets['t-0']?.includes(2) ? itemFailures(['t-0', 2]) : undefined),
    );
    expect(attempts.map((offsets) => offsets['t-0'])).toEqual([[1, 2, 3, 4], [2, 3, 4], [2, 3], [2], [3], [4]]);
    expect(finished.filter(({ outcome }) => outcome === 'discarded')).toEqual([
      { outcome: 'discarded', offsets: { 't-0': [2] } },
    ]);
  });

  it('is ignored by a mapping that has not set it', async () => {
    const { attempts } = await deliver([[1, 2]], {}, () => itemFailures(['t-0', 1]));
    expect(attempts).toHaveLength(1);
  });
});

describe('under any policy and any failures', () => {
  const anyPolicy = fc.record({
    maxRetries: fc.constantFrom(0, 1, 3, Number.POSITIVE_INFINITY),
    maxRecordAgeMs: fc.constant(Number.POSITIVE_INFINITY),
    bisects: fc.boolean(),
    reportsItemFailures: fc.boolean(),
  });
  const anyOutcome = fc.constantFrom('success', 'throw', 'partial', 'malformed', 'not reached');

  it('every record is finished once, in order per partition, with its attempts; nothing unfinished counts as done', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
        anyPolicy,
        fc.array(anyOutcome, { maxLength: 12 }),
        fc.nat(),
        async (counts, policy, outcomes, pick) => {
          const offsets = counts.map((count) => Array.from({ length: count }, (_, i) => i));
          const invoked: string[] = [];
          const capture: Capture = async ({ slices, attempts }) => {
            for (const { topic, partition, records } of slices) {
              for (const { offset } of records) {
                const name = `${topicPartition(topic, partition)}@${offset}`;
                expect(attempts).toBe(invoked.filter((each) => each === name).length);
              }
            }
            return true;
          };
          const respond = (event: Offsets, attempt: number) => {
            const outcome = outcomes[attempt - 1];
            if (outcome === 'not reached') throw new NotReached('away');
            invoked.push(...Object.entries(event).flatMap(([name, within]) => within.map((each) => `${name}@${each}`)));
            if (outcome === 'throw') throw new Error('no');
            if (outcome === 'malformed') return 'malformed';
            const [name, within] = Object.entries(event)[0] ?? ['', []];
            return outcome === 'partial' ? itemFailures([name, within[pick % within.length] ?? 0]) : undefined;
          };
          const { finished, unfinished } = await deliver(offsets, policy, respond, { capture });
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
