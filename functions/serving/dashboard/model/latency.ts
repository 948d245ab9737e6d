import { formatDuration, formatNoun } from './format.ts';
import type { SalesRow } from './sales.ts';

/** What the project promises from event to answer at 500 events a second and the default window (docs/bench.md). */
const TARGETS_MS = { p50: 300, p99: 600 };
/** A hundred a second for five minutes. Of fewer, most open a window of their own and wait all of it. */
const MIN_EVENTS_FOR_TARGETS = 30_000;

/** How long events took from Kafka's log to the hot table, and what that says of the promise. */
export interface Latency {
  gauges: LatencyGauge[];
  note: string;
}

/** `share` of the gauge is filled; where there is a target, it stands at half. */
export interface LatencyGauge {
  label: string;
  value: string;
  share: number;
  /** Against the target. Never good: the promise goes on to the answer, and this ends before. */
  verdict: 'unjudged' | 'within' | 'over';
  note: string;
}

/** Undefined where nothing arrived. Under a light load there is no target; then the gauges compare with the slowest. */
export function describeLatency(latency: SalesRow<'ingest_latency'> | undefined): Latency | undefined {
  if (latency === undefined || latency.events === 0) return undefined;
  const isLoaded = latency.events >= MIN_EVENTS_FOR_TARGETS;
  const describe = (label: string, valueMs: number, targetMs: number): LatencyGauge => ({
    label,
    value: formatDuration(valueMs),
    ...(isLoaded ? judge(valueMs, targetMs) : { share: share(valueMs, latency.max_ms), verdict: 'unjudged', note: '' }),
  });
  const slowest = `Slowest ${formatDuration(latency.max_ms)}, of ${formatNoun(latency.events, 'event')} in five minutes.`;
  return {
    gauges: [
      describe('Median', latency.p50_ms, TARGETS_MS.p50),
      describe('99th percentile', latency.p99_ms, TARGETS_MS.p99),
    ],
    note: isLoaded ? slowest : `${slowest} At so few, an event waits for the whole batch window.`,
  };
}

function judge(valueMs: number, targetMs: number): Pick<LatencyGauge, 'share' | 'verdict' | 'note'> {
  const isOver = valueMs > targetMs;
  return {
    share: share(valueMs, 2 * targetMs),
    verdict: isOver ? 'over' : 'within',
    note: `${isOver ? 'over' : 'of'} the ${formatDuration(targetMs)} that event to answer may take`,
  };
}

function share(valueMs: number, fullMs: number): number {
  return fullMs === 0 ? 0 : Math.min(1, valueMs / fullMs);
}
