/** Starts `work` when it is its turn, and answers as it does. */
export type Turnstile = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets at most `most` works be under way; the others wait, first come, first served. */
export function createTurnstile(most: number): Turnstile {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever waits takes the place over, so `free` stays.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
