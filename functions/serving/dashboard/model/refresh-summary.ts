import type { RefreshView, SourceState } from './refresher.ts';

/** The state of a whole page's refreshing, for the line that says so and the banner. Times in epoch milliseconds. */
export interface RefreshSummary {
  paused: boolean;
  loading: boolean;
  /** The oldest of the last good answers: everything shown is at least as fresh. */
  freshAsOfMs: number | undefined;
  failure: FailureSummary | undefined;
}

export interface FailureSummary {
  sinceMs: number;
  /** What failed, each distinct sentence once. */
  reasons: string[];
  failedSources: number;
  allSources: number;
  /** Whether older data of what failed is on display. */
  hasStaleData: boolean;
}

/** Reduces the states of all sources to one. */
export function summariseRefresh<T>(view: RefreshView<T>): RefreshSummary {
  const states = Object.values(view.states) as SourceState<unknown>[];
  const received = states.flatMap((state) => state.receivedAtMs ?? []);
  return {
    paused: view.paused,
    loading: view.loading,
    freshAsOfMs: received.length === 0 ? undefined : Math.min(...received),
    failure: summariseFailure(states),
  };
}

function summariseFailure(states: SourceState<unknown>[]): FailureSummary | undefined {
  const failing = states.filter((state) => state.error !== undefined);
  if (failing.length === 0) return undefined;
  return {
    sinceMs: Math.min(...failing.flatMap((state) => state.failingSinceMs ?? [])),
    reasons: [...new Set(failing.flatMap((state) => state.error?.message ?? []))],
    failedSources: failing.length,
    allSources: states.length,
    hasStaleData: failing.some((state) => state.data !== undefined),
  };
}
