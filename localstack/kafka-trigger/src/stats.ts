import type { Mapping } from './core/mapping.ts';
import type { PartitionLane } from './core/partition-lane.ts';

/** A mapping's state and counters since start, for a status page. */
export interface PollerStats extends Counters {
  mapping: string;
  function: string;
  topics: readonly string[];
  consumerGroupId: string;
  isConnected: boolean;
  partitions: { topic: string; partition: number; committedOffset: number | null; lag: number | null }[];
}

export interface Counters {
  batches: number;
  /** Records. */
  delivered: number;
  /** Records passed because their retries or their age ran out. */
  discarded: number;
  /** Records that the filter keeps from the function. */
  filtered: number;
  /** Failed attempts. */
  failures: number;
  failedCommits: number;
  /** Records passed because no Lambda event can hold them. */
  oversized: number;
  lastError: string | null;
}

export function createCounters(): Counters {
  return {
    batches: 0,
    delivered: 0,
    discarded: 0,
    filtered: 0,
    failures: 0,
    failedCommits: 0,
    oversized: 0,
    lastError: null,
  };
}

/** Lag counts from what is done with to the log's end as last seen; null before the first fetch. */
export function readStats(
  mapping: Mapping,
  isConnected: boolean,
  counters: Counters,
  lanes: readonly PartitionLane[],
): PollerStats {
  return {
    mapping: mapping.id,
    function: mapping.functionKey,
    topics: mapping.topics,
    consumerGroupId: mapping.consumerGroupId,
    isConnected,
    ...counters,
    partitions: lanes.map((lane) => ({
      topic: lane.topic,
      partition: lane.partition,
      committedOffset: lane.committed ?? null,
      lag: lane.endOffset === undefined ? null : lane.endOffset - (lane.committed ?? lane.firstUnfinished ?? 0),
    })),
  };
}
