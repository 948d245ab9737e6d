import { versionOf } from './snapshot.ts';
import type { Snapshot } from './table-metadata.ts';
import type { LakeVersion } from './table-version.ts';

const HOUR_MS = 3_600_000;

/** How long snapshots are kept; the newest always is. */
export interface Retention {
  /** A snapshot is kept for so long after another one took its place: readers and writers that began with it go on. */
  readonly allMs: number;
  /** What the table showed at a full hour (UTC) is kept for so long: what time travel asks for. */
  readonly hourlyMs: number;
}

export interface SplitSnapshots {
  readonly kept: readonly Snapshot[];
  readonly expired: readonly Snapshot[];
}

/** Who reads a table, whatever its age. */
export interface Readers {
  /**
   * The lowest version that views may still show: the snapshot that it shows and all after it are kept. Infinity where
   * no view shows the table.
   */
  readonly readableFrom: number;
  /** Other versions that are kept. */
  readonly inUse?: ReadonlySet<number>;
}

/** Divides the snapshots of a version by what retention and readers keep. */
export function splitSnapshots(
  { metadata }: LakeVersion,
  retention: Retention,
  { nowMs, readableFrom, inUse }: Readers & { nowMs: number },
): SplitSnapshots {
  const { snapshots } = metadata;
  const isKept = (snapshot: Snapshot, index: number) => {
    const next = snapshots[index + 1];
    if (next === undefined || versionOf(next) > readableFrom || inUse?.has(versionOf(snapshot))) return true;
    return nowMs - next['timestamp-ms'] < retention.allMs || isHourly(snapshot, next, nowMs - retention.hourlyMs);
  };
  const kept = snapshots.filter(isKept);
  return { kept, expired: snapshots.filter((snapshot) => !kept.includes(snapshot)) };
}

/** The snapshots that a table showed at a full hour since a moment; the newest is not among them, it may yet be replaced. */
export function findHourly({ metadata }: LakeVersion, sinceMs: number): readonly Snapshot[] {
  const { snapshots } = metadata;
  return snapshots.filter((snapshot, index) => {
    const next = snapshots[index + 1];
    return next !== undefined && isHourly(snapshot, next, sinceMs);
  });
}

/** Says whether a snapshot was the newest at a full hour after `sinceMs`. */
function isHourly(snapshot: Snapshot, next: Snapshot, sinceMs: number): boolean {
  const lastHour = Math.floor((next['timestamp-ms'] - 1) / HOUR_MS) * HOUR_MS;
  return lastHour > sinceMs && lastHour >= snapshot['timestamp-ms'];
}
