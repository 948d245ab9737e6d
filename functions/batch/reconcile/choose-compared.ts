import type { OffsetRanges } from '@tidemark/platform/tidemark';

export interface ComparedChoice {
  readonly ranges: OffsetRanges;
  readonly offsets: number;
  /** What could have been compared. */
  readonly of: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Chooses the offsets whose content is compared, so that the cost of a daily run has a bound: all of them up to the
 * limit; beyond it a window of each partition that moves on from day to day, and comes to every offset in its turn.
 *
 * @param limit of offsets; undefined compares all
 */
export function chooseCompared(ranges: OffsetRanges, limit: number | undefined, nowMs: number): ComparedChoice {
  const of = countOffsets(ranges);
  if (limit === undefined || of <= limit) return { ranges, offsets: of, of };
  const windows = Math.ceil(of / limit);
  const turn = Math.floor(nowMs / DAY_MS) % windows;
  const chosen = [...ranges].map(([partition, { from, to }]) => {
    const cut = (index: number) => from + Math.floor(((to - from) * index) / windows);
    return [partition, { from: cut(turn), to: cut(turn + 1) }] as const;
  });
  const window = new Map(chosen.filter(([, range]) => range.from < range.to));
  return { ranges: window, offsets: countOffsets(window), of };
}

function countOffsets(ranges: OffsetRanges): number {
  return [...ranges.values()].reduce((sum, { from, to }) => sum + to - from, 0);
}
