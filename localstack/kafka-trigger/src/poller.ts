import { BackPressure } from './back-pressure.ts';
import { type Batch, Batcher, type TopicPartition } from './core/batcher.ts';
import type { EventSource } from './core/event.ts';
import { envelopeBytes, MAX_EVENT_BYTES } from './core/event-size.ts';
import { retryDelayMs } from './core/failure-policy.ts';
import { compileFilters, type ValueFilter } from './core/filter.ts';
import type { Mapping } from './core/mapping.ts';
import type { LaneSlice, PartitionLane } from './core/partition-lane.ts';
import { type DeliveryDeps, deliverBatch, type Outcome } from './delivery.ts';
import type { Capture } from './destinations/capture.ts';
import type { Invoker } from './invokers/invoker.ts';
import { toKafkaRecord } from './kafka/record-reader.ts';
import type { FetchedMessages, Session, SessionHandlers } from './kafka/session.ts';
import { describeError, type Log } from './log.ts';
import { createCounters, type PollerStats, readStats } from './stats.ts';

export interface PollerDeps {
  invoker: Invoker;
  log: Log;
  source: EventSource;
  /** Most invocations of this mapping at once. */
  maxConcurrency: number;
  /** The mapping's on-failure destination. */
  capture?: Capture | undefined;
  /** Lambda's limit by default. */
  maxEventBytes?: number | undefined;
  sleep: DeliveryDeps['sleep'];
}

/** How long an invocation may go on when the trigger is stopped. */
const STOP_GRACE_MS = 5_000;

/**
 * Moves one mapping's records from a consumer session through batches into the function, and commits what succeeded.
 * Sessions come and go (see `runSessions`); the poller outlives them, so that a partition never has two batches in
 * flight, whichever session brought them.
 */
export class Poller implements SessionHandlers {
  readonly mapping: Mapping;
  readonly #deps: PollerDeps;
  readonly #batcher: Batcher;
  readonly #counters = createCounters();
  readonly #filter: ValueFilter | undefined;
  readonly #stopping = new AbortController();
  readonly #deliveries = new Set<Promise<void>>();
  readonly #backPressure = new BackPressure();
  #session: Session | undefined;
  #windowTimer: NodeJS.Timeout | undefined;

  constructor(mapping: Mapping, deps: PollerDeps) {
    this.mapping = mapping;
    this.#deps = deps;
    this.#filter = mapping.filterPatterns.length > 0 ? compileFilters(mapping.filterPatterns) : undefined;
    this.#batcher = new Batcher({
      maxRecords: mapping.batchSize,
      windowMs: mapping.windowMs,
      maxBytes: deps.maxEventBytes ?? MAX_EVENT_BYTES,
      envelopeBytes: envelopeBytes(deps.source),
      maxInFlight: Math.min(mapping.pollers, deps.maxConcurrency),
    });
  }

  stats(): PollerStats {
    return readStats(this.mapping, this.#session !== undefined, this.#counters, this.#batcher.lanes);
  }

  /** The session that commits and pauses go to from now on. */
  attach(session: Session): void {
    this.#session = session;
    for (const lane of this.#batcher.lanes) this.#backPressure.apply(lane, this.#session);
  }

  /** The session is over: what is in flight finishes without a commit, and comes again. */
  detach(): void {
    this.#session = undefined;
    this.onAssigned([], false);
  }

  onAssigned(partitions: readonly TopicPartition[], isContinuous: boolean): void {
    this.#batcher.assign(partitions, isContinuous);
    this.#backPressure.reset();
    for (const lane of this.#batcher.lanes) this.#backPressure.apply(lane, this.#session);
    this.#deps.log('info', 'partitions assigned', {
      mapping: this.mapping.id,
      partitions: this.#batcher.lanes.map(({ name }) => name),
    });
  }

  onFetched(fetched: FetchedMessages): void {
    const { messages, nextOffset, endOffset } = fetched;
    const lane = this.#laneOf(fetched);
    if (!lane) return;
    const nowMs = performance.now();
    const wanted = this.#filter ? messages.filter(({ value }) => this.#filter?.(value)) : messages;
    this.#counters.filtered += messages.length - wanted.length;
    lane.accept(
      wanted.map((message) => toKafkaRecord(message, lane.frameBytes, nowMs)),
      nextOffset,
    );
    lane.endOffset = endOffset;
    this.#backPressure.apply(lane, this.#session);
    this.#sendDueBatches();
  }

  /** Commits where offsets moved on without a record to deliver, as past a transaction's marker. */
  async commitPassedOffsets(): Promise<void> {
    await this.#commit(this.#batcher.lanes.filter((lane) => lane.isIdle));
  }

  /** Starts no more invocations, and waits a moment for the running ones. What is not done by then comes again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#windowTimer);
    const done = new AbortController();
    const finished = Promise.all(this.#deliveries).finally(() => done.abort());
    await Promise.race([finished, this.#deps.sleep(STOP_GRACE_MS, done.signal)]);
  }

  /**
   * Fetching never goes back by itself, unless the log is another one: the topic was deleted and created anew, or
   * truncated. Taken for a repeat, its records would be dropped.
   */
  #laneOf({ topic, partition, messages }: FetchedMessages): PartitionLane | undefined {
    const lane = this.#batcher.lane(topic, partition);
    const firstOffset = Number(messages[0]?.offset ?? Number.POSITIVE_INFINITY);
    if (!lane || firstOffset >= lane.readsFrom) return lane;
    this.#deps.log('warn', 'the log begins again below what was read: the topic was recreated or truncated', {
      mapping: this.mapping.id,
      topic,
      partition,
      read_offset: lane.readsFrom,
      first_offset: firstOffset,
    });
    return this.#batcher.restart(lane);
  }

  #sendDueBatches(): void {
    clearTimeout(this.#windowTimer);
    if (this.#stopping.signal.aborted) return;
    let batch = this.#batcher.next(performance.now());
    for (; batch; batch = this.#batcher.next(performance.now())) this.#send(batch);
    this.#backPressure.relax(this.#session);
    const dueAtMs = this.#batcher.dueAtMs();
    if (dueAtMs === undefined) return;
    this.#windowTimer = setTimeout(() => this.#sendDueBatches(), Math.max(0, Math.ceil(dueAtMs - performance.now())));
  }

  #send(batch: Batch): void {
    const delivery = this.#deliver(batch).finally(() => {
      this.#deliveries.delete(delivery);
      this.#sendDueBatches();
    });
    this.#deliveries.add(delivery);
  }

  async #deliver(batch: Batch): Promise<void> {
    const deps: DeliveryDeps = {
      ...this.#deps,
      mapping: this.mapping,
      finish: (slices, outcome) => this.#finish(slices, outcome),
      onFailure: (error) => {
        this.#counters.failures += 1;
        this.#counters.lastError = describeError(error).error;
      },
    };
    await deliverBatch(batch, deps, this.#stopping.signal);
    // Not before all is committed: a crash repeats this batch and no other.
    this.#batcher.settle(batch);
    this.#counters.batches += 1;
  }

  async #finish(slices: readonly LaneSlice[], outcome: Outcome): Promise<void> {
    for (const { lane, records } of slices) {
      lane.finish(records);
      this.#counters[outcome] += records.length;
    }
    await this.#commitOrWait(slices.map(({ lane }) => lane));
  }

  /**
   * While a rebalance is on, commits fail. What went on meanwhile would come again from a partition that goes elsewhere,
   * so that only the batch in flight may: its partitions wait until they are committed, or lost.
   */
  async #commitOrWait(lanes: readonly PartitionLane[]): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 1; !(await this.#commit(lanes)) && !signal.aborted; failures += 1)
      await this.#deps.sleep(retryDelayMs(failures), signal);
  }

  /** False if it failed. */
  async #commit(lanes: readonly PartitionLane[]): Promise<boolean> {
    const offsets = lanes.flatMap((lane) => {
      const { topic, partition, firstUnfinished: offset, isRevoked } = lane;
      return isRevoked || offset === undefined || offset <= (lane.committed ?? -1)
        ? []
        : [{ topic, partition, offset, lane }];
    });
    if (offsets.length === 0 || !this.#session) return true;
    try {
      await this.#session.commit(offsets.map(({ lane: _, ...offset }) => offset));
      for (const { lane, offset } of offsets) lane.committed = offset;
      return true;
    } catch (error) {
      this.#counters.failedCommits += 1;
      this.#deps.log('warn', 'commit failed', { mapping: this.mapping.id, ...describeError(error) });
      return false;
    }
  }
}
