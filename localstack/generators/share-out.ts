const HOUR_MS = 60 * 60 * 1000;

/** A stretch of time within one hour, and how many events fall into it. */
export interface Share {
  /** Milliseconds since 1970 UTC, inclusive. */
  readonly fromMs: number;
  /** Milliseconds since 1970 UTC, exclusive. */
  readonly untilMs: number;
  readonly count: number;
}

/**
 * Shares `count` events out over the hours of [fromMs, untilMs) by how busy each is. The shares add up to `count`.
 *
 * @param weighHour how busy the hour of a moment is, relative to any other
 * @yields one slice per hour in order; the first and the last may be parts of one
 */
export function* shareOut(
  count: number,
  fromMs: number,
  untilMs: number,
  weighHour: (atMs: number) => number,
): Generator<Share> {
  const weigh = (slice: Slice) => (weighHour(slice.fromMs) * (slice.untilMs - slice.fromMs)) / HOUR_MS;
  let total = 0;
  for (const slice of sliceHours(fromMs, untilMs)) total += weigh(slice);

  let weight = 0;
  let shared = 0;
  for (const slice of sliceHours(fromMs, untilMs)) {
    weight += weigh(slice);
    const shouldBe = slice.untilMs === untilMs ? count : Math.round((count * weight) / total);
    yield { ...slice, count: shouldBe - shared };
    shared = shouldBe;
  }
}

/**
 * The moments of a share, in order.
 *
 * @param random gives numbers in [0, 1)
 */
export function spreadMoments({ fromMs, untilMs, count }: Share, random: () => number): number[] {
  const moments = Array.from({ length: count }, () => fromMs + random() * (untilMs - fromMs));
  return moments.sort((a, b) => a - b);
}

interface Slice {
  readonly fromMs: number;
  readonly untilMs: number;
}

function* sliceHours(fromMs: number, untilMs: number): Generator<Slice> {
  for (let start = fromMs; start < untilMs; ) {
    const end = Math.min(untilMs, (Math.floor(start / HOUR_MS) + 1) * HOUR_MS);
    yield { fromMs: start, untilMs: end };
    start = end;
  }
}
