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
  /** Never ends; each event happens at the moment when it is taken. */
  generateLive(options: LiveOptions): Iterator<StreamEvent>;
  /** Exactly `count` events in the order of their time. */
  generateHistory(options: HistoryOptions): Iterator<StreamEvent>;
}

export interface LiveOptions {
  readonly seed: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
}

export interface HistoryOptions {
  readonly seed: number;
  /** Milliseconds since 1970 UTC, inclusive. */
  readonly fromMs: number;
  /** Milliseconds since 1970 UTC, exclusive. */
  readonly untilMs: number;
  readonly count: number;
}
