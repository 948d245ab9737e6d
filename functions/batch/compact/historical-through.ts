import type { PartitionState } from './plan-ranges.ts';
import type { SnapshotSummary } from './snapshot-summary.ts';

/**
 * The Kafka timestamp up to which a snapshot is complete: the last one of every partition that has records above the
 * tidemark, the least of them; where none has, all are idle and the newest record counts.
 *
 * It never goes back: what was complete stays so.
 *
 * @returns milliseconds since 1970 UTC; undefined while nothing can be said
 */
export function findHistoricalThrough(
  before: Pick<SnapshotSummary, 'historicalThroughMs'>,
  partitions: readonly PartitionState[],
  { tidemark, lastRecords }: Pick<SnapshotSummary, 'tidemark' | 'lastRecords'>,
): number | undefined {
  const isBehind = (state: PartitionState) => (tidemark.get(state.partition) ?? state.logStart) < endOfRecords(state);
  const behind = partitions.filter(isBehind).map(({ partition }) => lastRecords.get(partition)?.timestamp);
  const known = behind.filter((timestamp) => timestamp !== undefined);
  if (known.length < behind.length) return before.historicalThroughMs;
  const newest = Math.max(...[...lastRecords.values()].map(({ timestamp }) => timestamp));
  const now = behind.length > 0 ? Math.min(...known) : newest;
  const through = Math.max(now, before.historicalThroughMs ?? Number.NEGATIVE_INFINITY);
  return Number.isFinite(through) ? through : undefined;
}

/** Offsets that carry no record, such as the marker at the end of a transaction, make no partition wait. */
function endOfRecords({ oldestUndeliveredMs, committed, logStart, lastStable }: PartitionState): number {
  return oldestUndeliveredMs === undefined ? Math.min(committed ?? logStart, lastStable) : lastStable;
}
