/** Says how many events are due, so that a rate is met on average whatever a single send takes. */
export interface Pacer {
  /** Whole events that are due at `nowMs` and not yet spent. */
  countDue(nowMs: number): number;
  /** Whole milliseconds until one more is due, as timers count them; 0 only if one is due now. */
  msUntilNext(nowMs: number): number;
  spend(count: number): void;
}

/**
 * What a stalled sink may leave owing. A short stall is made up for; after an outage the rate goes on as before,
 * instead of hours of events arriving with the same time.
 */
const MAX_DEBT_MS = 1_000;

/**
 * The first event is due at `startMs`, and `ratePerSecond * T` in any T seconds from there.
 *
 * @param ratePerSecond undefined: as fast as the sink takes them
 */
export function createPacer(ratePerSecond: number | undefined, startMs: number): Pacer {
  if (ratePerSecond === undefined) {
    return { countDue: () => Number.POSITIVE_INFINITY, msUntilNext: () => 0, spend: () => {} };
  }

  const intervalMs = 1_000 / ratePerSecond;
  const maxDebt = Math.max(1, Math.ceil(MAX_DEBT_MS / intervalMs));
  let originMs = startMs;
  let spent = 0;

  function countDue(nowMs: number): number {
    const due = Math.floor((nowMs - originMs) / intervalMs) + 1 - spent;
    if (due <= maxDebt) return Math.max(0, due);
    originMs += (due - maxDebt) * intervalMs;
    return maxDebt;
  }

  return {
    countDue,
    msUntilNext: (nowMs) => (countDue(nowMs) > 0 ? 0 : Math.max(1, Math.ceil(originMs + spent * intervalMs - nowMs))),
    spend: (count) => {
      spent += count;
    },
  };
}
