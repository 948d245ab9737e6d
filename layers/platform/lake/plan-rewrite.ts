import type { LakeDataFile } from './data-file.ts';

/** Files of one day that become one file. */
export type RewriteGroup = readonly LakeDataFile[];

export interface RewriteLimits {
  /** Rows of a rewritten file at most: what is held in memory. A file of half as many is left alone. */
  readonly rows: number;
  /** Sum of the sizes of the files that become one; a file of half as many is left alone. */
  readonly bytes: number;
  /** Fewer files of a similar size are not worth a new one. */
  readonly minFiles: number;
}

/** A million rows of ten columns take about 400 MB while they are rewritten (2026-11). */
export const REWRITE_LIMITS: RewriteLimits = { rows: 1_000_000, bytes: 32 * 1024 * 1024, minFiles: 5 };

/** Files of a tier are at most so many times as large as each other. */
const TIER_FACTOR = 4;

/**
 * Chooses which small files to rewrite as one: files of one day, once there are enough of a similar number of rows; what
 * is smaller and left over joins them. A row is so rewritten a logarithmic number of times, not at every run.
 *
 * @param files in the order in which they were written, which a group keeps
 */
export function planRewrite(files: readonly LakeDataFile[], limits: RewriteLimits = REWRITE_LIMITS): RewriteGroup[] {
  const small = files.filter(({ recordCount, sizeBytes }) => {
    return recordCount * 2 <= limits.rows && sizeBytes * 2 <= limits.bytes;
  });
  const days = groupBy(small, ({ day }) => day);
  return [...days.values()].flatMap((ofDay) => planDay(ofDay, limits));
}

function planDay(files: readonly LakeDataFile[], limits: RewriteLimits): RewriteGroup[] {
  const tiers = groupBy(files, ({ recordCount }) => Math.floor(Math.log(recordCount) / Math.log(TIER_FACTOR)));
  const groups: LakeDataFile[][] = [];
  let leftOver: LakeDataFile[] = [];
  for (const [, tier] of [...tiers].sort(([a], [b]) => a - b)) {
    const candidates = [...leftOver, ...tier];
    leftOver = tier.length < limits.minFiles ? candidates : [];
    if (leftOver.length === 0) groups.push(...splitByLimits(candidates, limits));
  }
  return groups.map((group) => group.sort((a, b) => files.indexOf(a) - files.indexOf(b)));
}

function splitByLimits(files: readonly LakeDataFile[], { rows, bytes }: RewriteLimits): LakeDataFile[][] {
  const groups: LakeDataFile[][] = [];
  let room = { rows: 0, bytes: 0 };
  for (const file of files) {
    room = { rows: room.rows - file.recordCount, bytes: room.bytes - file.sizeBytes };
    if (room.rows < 0 || room.bytes < 0) {
      groups.push([]);
      room = { rows: rows - file.recordCount, bytes: bytes - file.sizeBytes };
    }
    groups.at(-1)?.push(file);
  }
  return groups.filter((group) => group.length > 1);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
