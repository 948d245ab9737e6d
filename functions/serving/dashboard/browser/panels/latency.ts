import { describeLatency, type LatencyGauge } from '../../model/latency.ts';
import type { SalesRow } from '../../model/sales.ts';
import { type Child, element } from '../dom.ts';
import { drawEmpty } from './panel.ts';

/** Kafka's timestamp to inserted: the median and the slowest hundredth. */
export function drawLatency(row: SalesRow<'ingest_latency'> | undefined): Child | Child[] {
  const latency = describeLatency(row);
  if (latency === undefined) {
    return drawEmpty('Nothing arrived in the last five minutes', 'Latency shows as soon as events flow.');
  }
  return [
    element('dl', { class: 'gauges' }, ...latency.gauges.map(drawGauge)),
    element('p', { class: 'sub' }, latency.note),
  ];
}

function drawGauge({ label, value, share, verdict, note }: LatencyGauge): HTMLElement {
  const length = element('span', { class: 'gauge-length' });
  length.style.setProperty('--length', String(share));
  return element(
    'div',
    { class: `gauge gauge-${verdict}` },
    element('dt', {}, label),
    element('dd', { class: 'gauge-value' }, value),
    element('dd', { class: 'gauge-track', 'aria-hidden': 'true' }, length),
    note === '' ? null : element('dd', { class: 'sub' }, note),
  );
}
