import { topicPartition } from './event.ts';
import { type LaneSlice, PartitionLane } from './partition-lane.ts';

export interface BatchLimits {
  maxRecords: number;
  /** A batch waits this long for more, from the arrival of its first record. 0: send when nothing is in flight. */
  windowMs: number;
  /** For the serialised event. */
  maxBytes: number;
  /** Bytes of the event around its partitions, see `envelopeBytes`. */
  envelopeBytes: number;
  /** Batches in flight at once, over all partitions. */
  maxInFlight: number;
}

/** One invocation's worth of records, of one or several partitions. */
export interface Batch {
  id: number;
  slices: readonly LaneSlice[];
  records: number;
  /** Size of the serialised event. */
  bytes: number;
  /** One record that no event can hold. */
  isOversized: boolean;
}

export interface TopicPartition {
  topic: string;
  partition: number;
}

/**
 * Decides what goes into which batch, and when. Idle partitions share a batch, as on Lambda; a partition with a batch
 * in flight takes part in no other, so its order holds while other partitions run beside it.
 * Pure but for its own state: time is an argument.
 */
export class Batcher {
  readonly #limits: BatchLimits;
  readonly #lanes = new Map<string, PartitionLane>();
  /** Names of partitions with a batch in flight; also of lanes revoked meanwhile, whose successor must wait. */
  readonly #busy = new Set<string>();
  #inFlight = 0;
  #lastId = 0;

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get lanes(): readonly PartitionLane[] {
    return [...this.#lanes.values()];
  }

  lane(topic: string, partition: number): PartitionLane | undefined {
    return this.#lanes.get(topicPartition(topic, partition));
  }

  /**
   * Takes over a new assignment and returns the lanes that start afresh. If membership was continuous, kept partitions
   * keep their records; otherwise another member may have moved on with them, and all start from the committed offset.
   */
  assign(partitions: readonly TopicPartition[], isContinuous: boolean): PartitionLane[] {
    const wanted = new Set(partitions.map(({ topic, partition }) => topicPartition(topic, partition)));
    for (const [name, lane] of this.#lanes) {
      if (isContinuous && wanted.has(name)) {
        lane.keep();
        continue;
      }
      lane.isRevoked = true;
      this.#lanes.delete(name);
    }
    const fresh = partitions
      .filter(({ topic, partition }) => !this.lane(topic, partition))
      .map(({ topic, partition }) => new PartitionLane(topic, partition));
    for (const lane of fresh) this.#lanes.set(lane.name, lane);
    return fresh;
  }

  /** Begins a partition afresh, as its log did; what is in flight of the former one finishes without a commit. */
  restart(lane: PartitionLane): PartitionLane {
    lane.isRevoked = true;
    const fresh = new PartitionLane(lane.topic, lane.partition);
    this.#lanes.set(fresh.name, fresh);
    return fresh;
  }

  /** The next batch, if one is due at `nowMs`: full by count or bytes, or its window over. */
  next(nowMs: number): Batch | undefined {
    const dueAtMs = this.dueAtMs();
    return dueAtMs !== undefined && dueAtMs <= nowMs ? this.#form() : undefined;
  }

  /** When `next` has to be asked again (possibly in the past); undefined while only an arrival or a settlement can help. */
  dueAtMs(): number | undefined {
    if (this.#inFlight >= this.#limits.maxInFlight) return undefined;
    let records = 0;
    let bytes = this.#limits.envelopeBytes;
    let openedAtMs: number | undefined;
    for (const lane of this.#lanes.values()) {
      const { waitingSinceMs } = lane;
      if (waitingSinceMs === undefined || this.#busy.has(lane.name)) continue;
      records += lane.queuedRecords;
      bytes += lane.partitionBytes + lane.queuedBytes;
      openedAtMs = Math.min(openedAtMs ?? waitingSinceMs, waitingSinceMs);
    }
    if (openedAtMs === undefined) return undefined;
    const isFull = records >= this.#limits.maxRecords || bytes >= this.#limits.maxBytes;
    return isFull ? openedAtMs : openedAtMs + this.#limits.windowMs;
  }

  /** Ends a batch's flight. What its lanes have not finished is delivered again. */
  settle(batch: Batch): void {
    this.#inFlight -= 1;
    for (const { lane } of batch.slices) {
      lane.release();
      this.#busy.delete(lane.name);
    }
  }

  #form(): Batch {
    const slices: LaneSlice[] = [];
    const { maxRecords, maxBytes, envelopeBytes } = this.#limits;
    let records = 0;
    let bytes = envelopeBytes;
    for (const lane of this.#waitingLanes()) {
      // No comma before the first partition.
      const frame = lane.partitionBytes - (slices.length === 0 ? 1 : 0);
      const room = maxBytes - bytes - frame;
      if (lane.nextBytes > room) {
        if (slices.length > 0) continue;
        // It fits into no event. It goes alone, so that its turn and its commit are those of any other record.
        const slice = lane.take(1, Number.POSITIVE_INFINITY);
        this.#busy.add(lane.name);
        return this.#launch([slice], 1, bytes + frame + slice.bytes, true);
      }
      const slice = lane.take(maxRecords - records, room);
      slices.push(slice);
      records += slice.records.length;
      bytes += frame + slice.bytes;
      this.#busy.add(lane.name);
      if (records >= maxRecords) break;
    }
    return this.#launch(slices, records, bytes, false);
  }

  #launch(slices: readonly LaneSlice[], records: number, bytes: number, isOversized: boolean): Batch {
    this.#inFlight += 1;
    this.#lastId += 1;
    return { id: this.#lastId, slices, records, bytes, isOversized };
  }

  /** Longest waiting first, so that no partition starves another. */
  #waitingLanes(): PartitionLane[] {
    return this.lanes
      .filter((lane) => lane.queuedRecords > 0 && !this.#busy.has(lane.name))
      .sort((a, b) => (a.waitingSinceMs ?? 0) - (b.waitingSinceMs ?? 0));
  }
}
