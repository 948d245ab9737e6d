import type { Health, PartHealth } from '../../model/contract.ts';
import { formatDuration } from '../../model/format.ts';
import { element } from '../dom.ts';
import { icon } from '../icons.ts';

const TITLES: Record<string, string> = {
  kafka: 'Kafka',
  clickhouse: 'ClickHouse',
  lake: 'Lake (S3)',
  trigger: 'Kafka trigger',
};

/** Each part with its state in words, how fast it answered, and why it is down. */
export function drawHealth(health: Health): HTMLElement {
  return element('ul', { class: 'health' }, ...health.parts.map(drawPart));
}

function drawPart(part: PartHealth): HTMLElement {
  const isUp = part.status === 'ok';
  return element(
    'li',
    { class: isUp ? 'part-up' : 'part-down' },
    element('span', { class: 'part-icon' }, icon(isUp ? 'ok' : 'down')),
    element('strong', {}, TITLES[part.name] ?? part.name),
    element('span', { class: 'part-state' }, isUp ? `Up · ${formatDuration(part.elapsed_ms)}` : 'Down'),
    isUp ? null : element('span', { class: 'part-detail' }, part.detail ?? 'It gave no reason.'),
  );
}
