/** What is known of one source. `data` is the last good answer and stays when a later try fails. */
export interface SourceState<T> {
  data: T | undefined;
  /** When `data` was received, in epoch milliseconds. */
  receivedAtMs: number | undefined;
  error: Error | undefined;
  /** When the present run of failures began, in epoch milliseconds. */
  failingSinceMs: number | undefined;
}

/** A page's sources by name; each is read once per round. */
export type Sources<T> = { [Name in keyof T]: () => Promise<T[Name]> };

export type SourceStates<T> = { [Name in keyof T]: SourceState<T[Name]> };

export interface RefreshView<T> {
  states: SourceStates<T>;
  paused: boolean;
  loading: boolean;
}

export interface Refresher {
  /** Reads every source now, also while paused; a round under way is superseded. */
  refreshNow(): void;
  setPaused(paused: boolean): void;
  /** Hidden pages do not poll; a page that comes back reads at once. */
  setVisible(visible: boolean): void;
  stop(): void;
}

export interface RefresherDeps {
  now(): number;
  /** Runs the callback once, after `ms`; the answer cancels it. */
  schedule(callback: () => void, ms: number): () => void;
}

/**
 * Reads all `sources`, tells `onChange` as each answers, waits `intervalMs`, and again: rounds never overlap.
 * One slow or failing source neither hides nor delays the others, and its last good data stays.
 * The state object of a source is replaced exactly when the source answered.
 */
export function startRefresher<T>(
  options: { sources: Sources<T>; intervalMs: number; onChange: (view: RefreshView<T>) => void },
  deps: RefresherDeps,
): Refresher {
  const names = Object.keys(options.sources) as (keyof T)[];
  const states = Object.fromEntries(names.map((name) => [name, emptyState()])) as SourceStates<T>;
  let round = 0;
  let loading = false;
  let paused = false;
  let visible = true;
  let stopped = false;
  let cancelTimer = () => {};

  const notify = () => options.onChange({ states: { ...states }, paused, loading });

  const run = async () => {
    cancelTimer();
    round += 1;
    const ownRound = round;
    const isSuperseded = () => stopped || ownRound !== round;
    loading = true;
    notify();
    const readAndTell = async (name: keyof T) => {
      const result = await settle(options.sources[name]);
      if (isSuperseded()) return;
      states[name] = advance(states[name], result, deps.now());
      notify();
    };
    try {
      await Promise.all(names.map(readAndTell));
    } finally {
      // Also when `onChange` threw: a page that fails to draw one answer may well draw the next.
      if (!isSuperseded()) {
        loading = false;
        scheduleNext();
      }
    }
    if (!isSuperseded()) notify();
  };
  const start = () => void run();
  const scheduleNext = () => {
    cancelTimer();
    if (!paused && visible && !stopped) cancelTimer = deps.schedule(start, options.intervalMs);
  };

  start();
  return {
    refreshNow: start,
    setPaused(value) {
      paused = value;
      if (paused) cancelTimer();
      else start();
      notify();
    },
    setVisible(value) {
      const cameBack = value && !visible;
      visible = value;
      if (!visible) cancelTimer();
      else if (cameBack && !paused) start();
    },
    stop() {
      stopped = true;
      cancelTimer();
    },
  };
}

type Result<T> = { data: T } | { error: Error };

async function settle<T>(source: () => Promise<T>): Promise<Result<T>> {
  try {
    return { data: await source() };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

function advance<T>(state: SourceState<T>, result: Result<T>, nowMs: number): SourceState<T> {
  if ('error' in result) {
    return { ...state, error: result.error, failingSinceMs: state.failingSinceMs ?? nowMs };
  }
  return { data: result.data, receivedAtMs: nowMs, error: undefined, failingSinceMs: undefined };
}

function emptyState<T>(): SourceState<T> {
  return { data: undefined, receivedAtMs: undefined, error: undefined, failingSinceMs: undefined };
}
