/** Offsets of one partition from `from` (inclusive) to `to` (exclusive). */
export interface OffsetRange {
  readonly from: number;
  readonly to: number;
}

export function countOffsets(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** What two ranges share; undefined where that is nothing. */
export function intersect(a: OffsetRange, b: OffsetRange): OffsetRange | undefined {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from < to ? { from, to } : undefined;
}

/** Those of some ranges, disjoint and in order, that share an offset with another one: by bisection, for long lists. */
export function findOverlapping<R extends OffsetRange>(ranges: readonly R[], { from, to }: OffsetRange): readonly R[] {
  return ranges.slice(
    countLeading(ranges, (each) => each.to <= from),
    countLeading(ranges, (each) => each.from < to),
  );
}

/** How many ranges at the beginning of a list the condition holds for; for none behind them. */
function countLeading<R>(ranges: readonly R[], holds: (range: R) => boolean): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(ranges[middle] as R)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The parts of a range that are in none of the holes, which are disjoint and in order. */
export function subtract(range: OffsetRange, holes: readonly OffsetRange[]): OffsetRange[] {
  const rest: OffsetRange[] = [];
  let from = range.from;
  for (const hole of holes) {
    const before = intersect({ from, to: hole.from }, range);
    if (before !== undefined) rest.push(before);
    from = Math.max(from, hole.to);
  }
  if (from < range.to) rest.push({ from, to: range.to });
  return rest;
}

/** Cuts a range at each of the offsets that lies inside of it. */
export function cutAt(range: OffsetRange, offsets: readonly number[]): OffsetRange[] {
  const inside = [...new Set(offsets)].filter((offset) => offset > range.from && offset < range.to);
  const ends = [range.from, ...inside.sort((a, b) => a - b), range.to];
  return ends.slice(1).map((to, index) => ({ from: ends[index] ?? range.from, to }));
}

/** Adds a range to a list in order; it continues the last one where they touch and `isLike` says so. */
export function appendRange<R extends OffsetRange>(
  ranges: R[],
  range: R,
  isLike: (a: R, b: R) => boolean = () => true,
): void {
  const last = ranges.at(-1);
  if (last !== undefined && last.to === range.from && isLike(last, range)) {
    ranges[ranges.length - 1] = { ...last, to: range.to };
  } else ranges.push(range);
}
