import { MAX_EVENT_BYTES } from './core/event-size.ts';
import type { PartitionLane } from './core/partition-lane.ts';
import type { Session } from './kafka/session.ts';

/** A partition stops being fetched beyond this much waiting, and is fetched again below half of it. */
const MAX_WAITING_RECORDS = 40_000;
const MAX_WAITING_BYTES = 3 * MAX_EVENT_BYTES;

/** Knows which partitions are not fetched because too much of them waits. */
export class BackPressure {
  readonly #paused = new Set<PartitionLane>();

  /** Pauses a partition, or resumes it, as its load says. */
  apply(lane: PartitionLane, session: Session | undefined): void {
    const load = Math.max(lane.queuedRecords / MAX_WAITING_RECORDS, lane.queuedBytes / MAX_WAITING_BYTES);
    const isPaused = this.#paused.has(lane);
    if (!isPaused && load >= 1) {
      this.#paused.add(lane);
      session?.pause(lane);
    } else if (isPaused && load < 0.5) {
      this.#paused.delete(lane);
      session?.resume(lane);
    }
  }

  /** Resumes what has been worked off. */
  relax(session: Session | undefined): void {
    for (const lane of this.#paused) this.apply(lane, session);
  }

  /** A new assignment pauses nothing. */
  reset(): void {
    this.#paused.clear();
  }
}
