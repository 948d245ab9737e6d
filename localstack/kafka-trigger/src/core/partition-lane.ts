import { topicPartition } from './event.ts';
import { partitionBytes, recordFrameBytes } from './event-size.ts';
import type { KafkaRecord } from './record.ts';

/** Records taken from a lane for one batch. The lane is busy until they are released. */
export interface LaneSlice {
  lane: PartitionLane;
  topic: string;
  partition: number;
  records: readonly KafkaRecord[];
  /** Their serialised size, commas between them included. */
  bytes: number;
}

/**
 * One partition's records on their way to the function, and the ledger of its offsets: everything below
 * `firstUnfinished` is done with and may be committed. Records come in and leave in offset order; offsets that carry
 * no record (control markers, aborted transactions, compacted ones) are passed once the records before them are.
 */
export class PartitionLane {
  readonly topic: string;
  readonly partition: number;
  readonly name: string;
  readonly frameBytes: number;
  /** Bytes that an event of this partition alone adds around its records. */
  readonly partitionBytes: number;
  /** The offset last committed through this lane. */
  committed: number | undefined;
  /** First offset after the last record in the log, as the last fetch told it. */
  endOffset: number | undefined;
  /**
   * The lowest offset that the next fetch can begin with. It goes on where the last one ended, or, after a rebalance, at
   * what was committed then.
   */
  readsFrom = 0;
  /** Another consumer may own the partition: what is in flight finishes, and is not committed. */
  isRevoked = false;
  #queue: KafkaRecord[] = [];
  #head = 0;
  #queuedBytes = 0;
  #inFlight: readonly KafkaRecord[] = [];
  #position: number | undefined;

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
    this.name = topicPartition(topic, partition);
    this.frameBytes = recordFrameBytes(topic, partition);
    this.partitionBytes = partitionBytes(topic, partition);
  }

  /** Records waiting, without those in flight. */
  get queuedRecords(): number {
    return this.#queue.length - this.#head;
  }

  /** Nothing waits and nothing is in flight. */
  get isIdle(): boolean {
    return this.queuedRecords === 0 && this.#inFlight.length === 0;
  }

  /** Serialised bytes of the waiting records, each with its comma. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Serialised bytes of the first waiting record; 0 without one. */
  get nextBytes(): number {
    return this.#queue[this.#head]?.eventBytes ?? 0;
  }

  /** When the oldest waiting record arrived. */
  get waitingSinceMs(): number | undefined {
    return this.#queue[this.#head]?.arrivedAtMs;
  }

  /** The first offset that is not done with; undefined before the first fetch. */
  get firstUnfinished(): number | undefined {
    return this.#inFlight[0]?.offset ?? this.#queue[this.#head]?.offset ?? this.#position;
  }

  /** Records of the log after `offset`, as far as the last fetch told; null before it, and for no offset. */
  lagAfter(offset: number | undefined): number | null {
    if (this.endOffset === undefined || offset === undefined) return null;
    return Math.max(0, this.endOffset - offset - 1);
  }

  /**
   * Queues what a fetch brought, up to `nextOffset` (exclusive). A fetch that repeats known offsets, as after a
   * rebalance, adds only what is new.
   */
  accept(records: readonly KafkaRecord[], nextOffset: number): void {
    const position = this.#position ?? 0;
    for (const record of records) {
      if (record.offset < position) continue;
      this.#queue.push(record);
      this.#queuedBytes += record.eventBytes + 1;
    }
    this.#position = Math.max(position, nextOffset);
    this.readsFrom = nextOffset;
  }

  /** The partition stayed with this member in a rebalance: fetching begins again at the commit. */
  keep(): void {
    this.readsFrom = this.committed ?? 0;
  }

  /** Takes the first records that fit, perhaps none. */
  take(maxRecords: number, maxBytes: number): LaneSlice {
    const start = this.#head;
    const limit = Math.min(this.#queue.length, start + maxRecords);
    let bytes = 0;
    while (this.#head < limit) {
      const next = this.nextBytes + 1;
      // The last record has no comma.
      if (bytes + next - 1 > maxBytes) break;
      bytes += next;
      this.#head += 1;
    }
    this.#queuedBytes -= bytes;
    this.#inFlight = this.#queue.slice(start, this.#head);
    this.#dropTaken();
    const { topic, partition } = this;
    return { lane: this, topic, partition, records: this.#inFlight, bytes: Math.max(0, bytes - 1) };
  }

  /** These records of the flight are done with. */
  finish(records: readonly KafkaRecord[] = this.#inFlight): void {
    const isAll = records.length === this.#inFlight.length;
    const finished = new Set(isAll ? [] : records);
    this.#inFlight = isAll ? [] : this.#inFlight.filter((record) => !finished.has(record));
  }

  /** Ends the flight: what is not done with waits again, before all others. */
  release(): void {
    const again = this.#inFlight;
    this.#inFlight = [];
    if (again.length === 0) return;
    this.#queue = [...again, ...this.#queue.slice(this.#head)];
    this.#head = 0;
    for (const record of again) this.#queuedBytes += record.eventBytes + 1;
  }

  /** Frees the taken part once it is the larger one, so that taking stays cheap and memory follows the queue. */
  #dropTaken(): void {
    if (this.#head * 2 < this.#queue.length) return;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
  }
}
