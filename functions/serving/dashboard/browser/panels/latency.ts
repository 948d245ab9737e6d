import { formatDuration, formatNoun } from '../../model/format.ts';
import type { SalesRow } from '../../model/sales.ts';
import { type Child, element } from '../dom.ts';
import { drawEmpty } from './panel.ts';

/** What the project promises at 500 events a second and the default batch window of 500 ms (docs/bench.md). */
const TARGETS_MS = { p50: 300, p99: 600 };
/** A hundred a second for five minutes. Of fewer, most open a window of their own and wait all of it. */
const MIN_EVENTS_FOR_TARGETS = 30_000;

/** End to end, Kafka timestamp to inserted: the median and the slowest hundredth against what is promised. */
export function drawLatency(latency: SalesRow<'ingest_latency'> | undefined): Child | Child[] {
  if (latency === undefined || latency.events === 0) {
    return drawEmpty('Nothing arrived in the last five minutes', 'Latency shows as soon as events flow.');
  }
  const isLoaded = latency.events >= MIN_EVENTS_FOR_TARGETS;
  return [
    element(
      'dl',
      { class: 'gauges' },
      drawGauge('Median', latency.p50_ms, TARGETS_MS.p50, isLoaded),
      drawGauge('99th percentile', latency.p99_ms, TARGETS_MS.p99, isLoaded),
    ),
    element(
      'p',
      { class: 'sub' },
      `Slowest ${formatDuration(latency.max_ms)}, of ${formatNoun(latency.events, 'event')} in five minutes.`,
      isLoaded ? '' : ' At so few, an event waits for the whole batch window.',
    ),
  ];
}

function drawGauge(label: string, valueMs: number, targetMs: number, isLoaded: boolean): HTMLElement {
  const isWithin = valueMs <= targetMs;
  const verdict = isWithin || !isLoaded ? 'gauge-within' : 'gauge-over';
  const target = isLoaded ? 'the target of' : 'the target at 500 events/s,';
  const length = element('span', { class: 'gauge-length' });
  // The mark of the target stands at half the gauge.
  length.style.setProperty('--length', String(Math.min(1, valueMs / (2 * targetMs))));
  return element(
    'div',
    { class: `gauge ${verdict}` },
    element('dt', {}, label),
    element('dd', { class: 'gauge-value' }, formatDuration(valueMs)),
    element('dd', { class: 'gauge-track', 'aria-hidden': 'true' }, length),
    element('dd', { class: 'sub' }, `${isWithin ? 'within' : 'over'} ${target} ${formatDuration(targetMs)}`),
  );
}
