/** A task that is repeated until it is stopped. */
export interface KeptRunning {
  /** How often it has been done. */
  readonly times: number;
  /** Settles as `other` does, unless a run fails before. @throws what that run threw */
  throughout<T>(other: Promise<T>): Promise<T>;
  /** Ends the repetition after the run under way. @throws what a run threw */
  stop(): Promise<void>;
}

/** Repeats a task in the background, one run after the other; the first error ends it. */
export function keepRunning(task: () => Promise<void>): KeptRunning {
  let isStopping = false;
  let times = 0;
  const done = (async () => {
    while (!isStopping) {
      await task();
      times += 1;
    }
  })();
  // Its error is thrown by throughout and stop; until then it must not count as unhandled.
  done.catch(() => undefined);
  const failure = done.then(() => new Promise<never>(() => undefined));
  failure.catch(() => undefined);
  return {
    get times() {
      return times;
    },
    throughout: (other) => Promise.race([other, failure]),
    stop: async () => {
      isStopping = true;
      await done;
    },
  };
}
