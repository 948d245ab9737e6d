import { jest } from '@jest/globals';
import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import type { FailurePolicy } from '../../src/core/failure-policy.ts';
import { createCapture } from '../../src/destinations/capture.ts';
import type { FailureSink } from '../../src/destinations/failure-sink.ts';
import { FunctionError } from '../../src/invokers/invoker.ts';
import type { Session } from '../../src/kafka/session.ts';
import { Poller } from '../../src/poller.ts';
import { PARTITIONS, type Step } from './delivery-steps.ts';
import { createDeferred, createMapping } from './fakes.ts';
import { FILTER_PATTERN, isWanted, ModelPartition } from './model-partition.ts';

/** A few records fill an event, so that batches close by size too, and one record can be too large for any. */
const MAX_EVENT_BYTES = 700;

interface Invocation {
  event: LambdaKafkaEvent;
  answer: ReturnType<typeof createDeferred<unknown>>;
}

/** A topic, a group with other members, a destination, and a function whose answers are given by hand. */
export class DeliveryModel {
  readonly topic = PARTITIONS.map(() => new ModelPartition(MAX_EVENT_BYTES));
  readonly committed = PARTITIONS.map(() => 0);
  /** Offsets in the order in which they were first done with. */
  readonly done = PARTITIONS.map(() => new Set<number>());
  readonly pending: Invocation[] = [];
  /** What must not happen: the poller would survive an error thrown there. */
  readonly violations: unknown[] = [];
  readonly poller: Poller;
  readonly #position = PARTITIONS.map(() => 0);
  #owned = new Set(PARTITIONS);
  #generation = 0;
  #coordinator = 'there';
  #destination = 'there';

  constructor(failurePolicy: FailurePolicy, batchSize: number) {
    this.poller = new Poller(createMapping({ failurePolicy, batchSize, filterPatterns: [FILTER_PATTERN] }), {
      log: (_level, message) => {
        if (message.includes('begins again')) this.violations.push(message);
      },
      source: { kind: 'self-managed', bootstrapServers: 'b-1:9092' },
      maxConcurrency: 2,
      maxEventBytes: MAX_EVENT_BYTES,
      sleep: turn,
      invoker: { invoke: (_target, event) => this.#invoke(event), close: async () => {} },
      capture: this.#createCapture(),
    });
    this.poller.attach(this.#createSession());
    this.assign(PARTITIONS, true);
  }

  apply(step: Step): void {
    if (step.kind === 'append') at(this.topic, step.partition).append(step.count, step.gap);
    else if (step.kind === 'fetch') this.fetch(step.partition, step.count);
    else if (step.kind === 'rebalance') this.rebalance(step.keeps, step.isContinuous, step.elsewhere);
    else if (step.kind === 'coordinator') this.#coordinator = step.state;
    else if (step.kind === 'destination') this.#destination = step.state;
    else if (step.kind === 'passed offsets') void this.poller.commitPassedOffsets();
    else if (step.kind === 'time') jest.setSystemTime(Date.now() + step.ms);
    else if (this.pending.length > 0) this.answer(step.pick % this.pending.length, step.outcome);
  }

  /** Everything is well again; resolves once all that there is has been committed, or never will be. */
  async settle(): Promise<void> {
    this.#coordinator = 'there';
    this.#destination = 'there';
    this.assign(PARTITIONS, true);
    const isOver = () => PARTITIONS.every((partition) => this.committed[partition] === at(this.topic, partition).end);
    for (let turns = 0; turns < 500 && !isOver(); turns += 1) {
      for (const partition of PARTITIONS) this.fetch(partition, 1_000);
      while (this.pending.length > 0) this.answer(0, 'success');
      await this.poller.commitPassedOffsets();
      await turn();
    }
  }

  fetch(partition: number, count: number): void {
    if (!this.#owned.has(partition)) return;
    const log = at(this.topic, partition);
    const offsets = log.read(at(this.#position, partition), count);
    const nextOffset = offsets.length < count ? log.end : (offsets.at(-1) ?? 0) + 1;
    this.#position[partition] = nextOffset;
    const messages = offsets.map((offset) => log.message(offset));
    this.poller.onFetched({ topic: 't', partition, messages, nextOffset, endOffset: log.end });
  }

  /** What this member does not own, or not all the time, others may deliver and commit. */
  rebalance(keeps: readonly number[], isContinuous: boolean, elsewhere: number): void {
    const theirs = PARTITIONS.filter((partition) => !isContinuous || !this.#owned.has(partition));
    for (const partition of theirs) {
      const offsets = at(this.topic, partition).read(at(this.committed, partition), elsewhere);
      this.#markDone(partition, offsets);
      this.committed[partition] = (offsets.at(-1) ?? at(this.committed, partition) - 1) + 1;
    }
    this.assign(keeps, isContinuous);
  }

  /** As kafkajs does it, partitions that stay are read from their commits again too. */
  assign(partitions: readonly number[], isContinuous: boolean): void {
    this.#generation += 1;
    this.#owned = new Set(partitions);
    for (const partition of PARTITIONS) this.#position[partition] = at(this.committed, partition);
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
    const rejection = REJECTIONS[outcome];
    if (rejection) {
      answer.reject(rejection);
      return;
    }
    if (outcome === 'malformed' && reportsItemFailures) {
      answer.resolve('malformed');
      return;
    }
    const isPartial = outcome === 'partial' && reportsItemFailures && failed !== undefined;
    for (const { partition, offset } of records) {
      if (!isPartial || partition !== failed.partition || offset < failed.offset) this.#markDone(partition, [offset]);
    }
    const identifier = { partition: `t-${failed?.partition}`, offset: failed?.offset };
    answer.resolve(isPartial ? { batchItemFailures: [{ itemIdentifier: identifier }] } : null);
  }

  #invoke(event: LambdaKafkaEvent): Promise<unknown> {
    const answer = createDeferred<unknown>();
    const running = this.pending.flatMap((other) => Object.keys(other.event.records));
    const twice = Object.keys(event.records).filter((name) => running.includes(name));
    if (twice.length > 0) this.violations.push({ inTwoInvocations: twice });
    const bytes = Buffer.byteLength(JSON.stringify(event));
    if (bytes > MAX_EVENT_BYTES) this.violations.push({ bytes });
    const records = Object.values(event.records).flat();
    if (records.some((record) => this.#isTooOld(record.partition, record.offset)))
      this.violations.push({ tooOld: event });
    this.pending.push({ event, answer });
    return answer.promise;
  }

  #markDone(partition: number, offsets: readonly number[]): void {
    for (const offset of offsets.filter(isWanted)) this.done[partition]?.add(offset);
  }

  #isTooOld(partition: number, offset: number): boolean {
    return at(this.topic, partition).ageMs(offset) > this.poller.mapping.failurePolicy.maxRecordAgeMs;
  }

  #createCapture() {
    const sink: FailureSink = {
      close: async () => {},
      send: async ({ slices, reason }) => {
        if (this.#destination === 'away') throw new Error('away');
        for (const { partition, records } of slices) {
          const offsets = records.map(({ offset }) => offset);
          const young = offsets.filter((offset) => !this.#isTooOld(partition, offset));
          if (reason === 'record age exceeded' && young.length > 0) this.violations.push({ partition, young });
          this.#markDone(partition, offsets);
        }
      },
    };
    return createCapture({ mapping: 'Orders', log: () => {}, sleep: turn, open: async () => sink }).capture;
  }

  #createSession(): Session {
    return {
      ended: new Promise(() => {}),
      pause: () => {},
      resume: () => {},
      close: async () => {},
      commit: async (offsets) => {
        const generation = this.#generation;
        await turn();
        if (this.#coordinator === 'away' || generation !== this.#generation) throw new Error('rebalancing');
        for (const { partition, offset } of offsets) this.#commit(partition, offset);
        if (this.#coordinator === 'answers are lost') throw new Error('no answer');
      },
    };
  }

  #commit(partition: number, offset: number): void {
    const committed = at(this.committed, partition);
    const unfinished = at(this.topic, partition).wanted.filter(
      (each) => each < offset && !this.done[partition]?.has(each),
    );
    if (unfinished.length > 0) this.violations.push({ partition, committing: offset, unfinished });
    if (!this.#owned.has(partition)) this.violations.push({ partition, committing: offset, owned: [...this.#owned] });
    if (offset < committed) this.violations.push({ partition, committing: offset, committed });
    this.committed[partition] = offset;
  }
}

export const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const REJECTIONS: Record<string, Error> = {
  throw: new FunctionError('on purpose'),
  'not invoked': new Error('connect ECONNREFUSED'),
};

function at<T>(values: readonly T[], partition: number): T {
  return values[partition] as T;
}
