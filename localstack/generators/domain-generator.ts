import type { StreamEvent } from './producing/message.ts';

/**
 * Made-up events of one domain. Both iterators are pure: what they yield follows from their arguments alone, they
 * touch neither Kafka nor the wall clock, and the runner takes as many events as it has use for.
 */
export interface DomainGenerator {
  readonly domain: string;
  /** One line for `--help`. */
  readonly description: string;
  readonly liveEventsPerSecond: number;
  readonly historyEventsPerMonth: number;
  /** How many users a run begins with, where events have users: `--users` is for those domains alone. */
  readonly users?: number;
  /** Variables of the environment that stand for these defaults. */
  readonly variables?: { readonly liveEventsPerSecond?: string; readonly users?: string };
  /** Never ends; each event happens at the moment when it is taken. */
  generateLive(options: LiveOptions): Iterator<StreamEvent>;
  /** Exactly `count` events in the order of their time. */
  generateHistory(options: HistoryOptions): Iterator<StreamEvent>;
}

export interface LiveOptions {
  readonly seed: number;
  /** Where the domain has users; by default its own number. */
  readonly users?: number | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
}

export interface HistoryOptions {
  readonly seed: number;
  /** Where the domain has users; by default its own number. */
  readonly users?: number | undefined;
  /** Milliseconds since 1970 UTC, inclusive. */
  readonly fromMs: number;
  /** Milliseconds since 1970 UTC, exclusive. */
  readonly untilMs: number;
  readonly count: number;
}
