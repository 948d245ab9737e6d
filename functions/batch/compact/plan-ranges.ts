import type { OffsetRanges, Tidemark } from '@tidemark/platform/tidemark';

/** One partition as Kafka has it. */
export interface PartitionState {
  readonly partition: number;
  readonly logStart: number;
  /** End of what readers of committed records may see. */
  readonly lastStable: number;
  /** Of the trigger's group; undefined before its first commit. */
  readonly committed: number | undefined;
  /** Age of the oldest record that the trigger has not delivered; undefined if there is none. */
  readonly oldestUndeliveredMs: number | undefined;
}

/** After so long the lake no longer waits for the speed layer. */
export const MAX_TRIGGER_LAG_MS = 15 * 60 * 1000;

export interface CompactionPlan {
  readonly ranges: OffsetRanges;
  /** Partitions in which the lake goes beyond what the trigger has delivered. */
  readonly overtaken: readonly number[];
}

/**
 * Decides which offsets a run compacts: from the tidemark to what the trigger has delivered, so that the lake does not
 * overtake the speed layer; beyond it where the trigger has lagged for 15 minutes. Explicit ends count as they are.
 *
 * @param tidemark of the lake; a partition that it does not know is taken from the log's start
 * @param toOffsets explicit ends; partitions that they do not name are left alone
 */
export function planRanges(
  tidemark: Tidemark,
  partitions: readonly PartitionState[],
  toOffsets?: Tidemark,
): CompactionPlan {
  const ranges = new Map<number, { from: number; to: number }>();
  const overtaken: number[] = [];
  for (const state of partitions) {
    const { partition, lastStable, logStart } = state;
    const from = tidemark.get(partition) ?? logStart;
    const isLagging = (state.oldestUndeliveredMs ?? 0) > MAX_TRIGGER_LAG_MS;
    const delivered = isLagging ? lastStable : (state.committed ?? from);
    const to = Math.min(lastStable, toOffsets === undefined ? delivered : (toOffsets.get(partition) ?? from));
    if (to <= from) continue;
    ranges.set(partition, { from, to });
    if (to > (state.committed ?? from)) overtaken.push(partition);
  }
  return { ranges, overtaken };
}

/** The next piece of the ranges, at most so many offsets in all and a fair share for each partition. */
export function takePiece(ranges: OffsetRanges, maxOffsets: number): OffsetRanges {
  const share = Math.max(1, Math.floor(maxOffsets / ranges.size));
  return new Map([...ranges].map(([partition, { from, to }]) => [partition, { from, to: Math.min(to, from + share) }]));
}

/** What is left of the ranges above a tidemark. */
export function remainderOf(ranges: OffsetRanges, tidemark: Tidemark): OffsetRanges {
  const left = [...ranges].map(
    ([partition, { from, to }]) => [partition, { from: Math.max(from, tidemark.get(partition) ?? from), to }] as const,
  );
  return new Map(left.filter(([, { from, to }]) => from < to));
}
