import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import type { FailurePolicy } from '../../src/core/failure-policy.ts';
import type { Session } from '../../src/kafka/session.ts';
import { Poller } from '../../src/poller.ts';
import { createDeferred, createMapping } from '../support/fakes.ts';
import { createMessage } from '../support/records.ts';

const PARTITIONS = [0, 1, 2];
const anyPartition = fc.constantFrom(...PARTITIONS);

const anyStep = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      partition: anyPartition,
      count: fc.nat(4),
      gap: fc.nat(2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('fetch' as const),
      partition: anyPartition,
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      pick: fc.nat(),
      outcome: fc.constantFrom('success', 'throw', 'partial', 'malformed'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rebalance' as const),
      keeps: fc.subarray(PARTITIONS),
      isContinuous: fc.boolean(),
    }),
  },
);
type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;

const anyPolicy: fc.Arbitrary<FailurePolicy> = fc.record({
  maxRetries: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
  maxRecordAgeMs: fc.constant(Number.POSITIVE_INFINITY),
  bisects: fc.boolean(),
  reportsItemFailures: fc.boolean(),
});

interface Invocation {
  event: LambdaKafkaEvent;
  answer: ReturnType<typeof createDeferred<unknown>>;
}

/** A topic whose every third record the filter drops, a group's commits, and a function whose answers are given by hand. */
class Model {
  readonly log = PARTITIONS.map((): number[] => []);
  readonly committed = PARTITIONS.map(() => 0);
  /** Offsets in the order in which they were first done with. */
  readonly done = PARTITIONS.map(() => new Set<number>());
  readonly pending: Invocation[] = [];
  /** Commits past an unfinished record, partitions in two invocations: the poller would survive an error thrown there. */
  readonly violations: unknown[] = [];
  readonly poller: Poller;
  readonly #position = PARTITIONS.map(() => 0);
  readonly #end = PARTITIONS.map(() => 0);
  #owned = new Set(PARTITIONS);

  constructor(failurePolicy: FailurePolicy, batchSize: number) {
    const filterPatterns = [JSON.stringify({ value: [{ 'anything-but': { prefix: 'drop' } }] })];
    this.poller = new Poller(createMapping({ failurePolicy, batchSize, filterPatterns }), {
      log: () => {},
      source: { kind: 'self-managed', bootstrapServers: 'b-1:9092' },
      maxConcurrency: 2,
      sleep: () => turn(),
      invoker: {
        invoke: (_target, event) => {
          const answer = createDeferred<unknown>();
          const running = this.pending.flatMap((other) => Object.keys(other.event.records));
          const twice = Object.keys(event.records).filter((name) => running.includes(name));
          if (twice.length > 0) this.violations.push({ inTwoInvocations: twice });
          this.pending.push({ event, answer });
          return answer.promise;
        },
        close: async () => {},
      },
      capture: async ({ slices }) => {
        for (const { partition, records } of slices)
          this.#markDone(
            partition,
            records.map(({ offset }) => offset),
          );
        return true;
      },
    });
    this.poller.attach(this.#createSession());
    this.assign(PARTITIONS, true);
  }

  wanted(partition: number): number[] {
    return (this.log[partition] ?? []).filter(isWanted);
  }

  apply(step: Step): void {
    if (step.kind === 'append') this.append(step.partition, step.count, step.gap);
    else if (step.kind === 'fetch') this.fetch(step.partition, step.count);
    else if (step.kind === 'rebalance') this.assign(step.keeps, step.isContinuous);
    else if (this.pending.length > 0) this.answer(step.pick % this.pending.length, step.outcome);
  }

  append(partition: number, count: number, gap: number): void {
    const from = (this.#end[partition] ?? 0) + gap;
    this.log[partition]?.push(...Array.from({ length: count }, (_, i) => from + i));
    this.#end[partition] = from + count;
  }

  fetch(partition: number, count: number): void {
    if (!this.#owned.has(partition)) return;
    const offsets = (this.log[partition] ?? [])
      .filter((offset) => offset >= (this.#position[partition] ?? 0))
      .slice(0, count);
    const isAll = offsets.length < count;
    const nextOffset = isAll ? (this.#end[partition] ?? 0) : (offsets.at(-1) ?? 0) + 1;
    this.#position[partition] = nextOffset;
    const messages = offsets.map((offset) => createMessage(offset, isWanted(offset) ? `keep ${offset}` : 'drop'));
    this.poller.onFetched({ topic: 't', partition, messages, nextOffset, endOffset: this.#end[partition] ?? 0 });
  }

  /** A partition that was lost, or that another member may have had, is read from its commit again. */
  assign(partitions: readonly number[], isContinuous: boolean): void {
    for (const partition of PARTITIONS) {
      const isKept = isContinuous && this.#owned.has(partition) && partitions.includes(partition);
      if (!isKept) this.#position[partition] = this.committed[partition] ?? 0;
    }
    this.#owned = new Set(partitions);
    this.poller.onAssigned(
      partitions.map((partition) => ({ topic: 't', partition })),
      isContinuous,
    );
  }

  answer(index: number, outcome: string): void {
    const [{ event, answer } = this.pending[0] as Invocation] = this.pending.splice(index, 1);
    const records = Object.values(event.records).flat();
    const { reportsItemFailures } = this.poller.mapping.failurePolicy;
    const failed = records[Math.floor(records.length / 2)];
    if (outcome === 'throw' || (outcome === 'malformed' && reportsItemFailures)) {
      if (outcome === 'throw') answer.reject(new Error('on purpose'));
      else answer.resolve('malformed');
      return;
    }
    const isPartial = outcome === 'partial' && reportsItemFailures && failed !== undefined;
    for (const { partition, offset } of records) {
      if (!isPartial || partition !== failed.partition || offset < failed.offset) this.#markDone(partition, [offset]);
    }
    const identifier = { partition: `t-${failed?.partition}`, offset: failed?.offset };
    answer.resolve(isPartial ? { batchItemFailures: [{ itemIdentifier: identifier }] } : null);
  }

  #markDone(partition: number, offsets: readonly number[]): void {
    for (const offset of offsets) this.done[partition]?.add(offset);
  }

  #createSession(): Session {
    return {
      ended: new Promise(() => {}),
      pause: () => {},
      resume: () => {},
      close: async () => {},
      commit: async (offsets) => {
        for (const { partition, offset } of offsets) {
          const unfinished = this.wanted(partition).filter((each) => each < offset && !this.done[partition]?.has(each));
          if (unfinished.length > 0) this.violations.push({ partition, committing: offset, unfinished });
          this.committed[partition] = Math.max(offset, this.committed[partition] ?? 0);
        }
      },
    };
  }
}

const isWanted = (offset: number) => offset % 3 !== 2;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

// https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
describe('under any interleaving of records, filters, answers, partial failures and rebalances', () => {
  it('no record is skipped, order holds per partition, and no commit passes an unfinished record', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 20, maxLength: 80 }),
        anyPolicy,
        fc.integer({ min: 1, max: 5 }),
        async (steps, policy, batchSize) => {
          const model = new Model(policy, batchSize);
          for (const step of steps) {
            model.apply(step);
            await turn();
          }
          model.assign(PARTITIONS, true);
          for (const partition of PARTITIONS) model.fetch(partition, 1_000);
          const isOver = () =>
            PARTITIONS.every((partition) => model.done[partition]?.size === model.wanted(partition).length);
          for (let turns = 0; turns < 500 && (model.pending.length > 0 || !isOver()); turns += 1) {
            while (model.pending.length > 0) model.answer(0, 'success');
            await turn();
          }
          expect(model.violations).toEqual([]);
          for (const partition of PARTITIONS) {
            expect([...(model.done[partition] ?? [])]).toEqual(model.wanted(partition));
          }
          await model.poller.stop();
        },
      ),
      { numRuns: 1_000 },
    );
  }, 60_000);
});
