import type { StreamStatus } from '../../model/contract.ts';
import { formatCount, formatNoun, formatRate, UNKNOWN } from '../../model/format.ts';
import { describeStream } from '../../model/stream-state.ts';
import { formatUtc } from '../../model/time.ts';
import { type OffsetTotals, type Rates, sumStreams } from '../../model/totals.ts';
import { type Child, element } from '../dom.ts';
import { drawTable, type TableColumn } from './data-table.ts';
import { drawEmpty } from './panel.ts';

/** One row for each stream, and above them what any of them warns of. */
export function drawStreams(streams: readonly StreamStatus[], rates: Rates, nowMs: number): Child[] {
  if (streams.length === 0) return [drawEmpty('No stream is declared', 'A domain in layers/domains declares them.')];
  return [
    ...streams.flatMap(drawWarnings),
    drawTable({ title: 'Streams', class: 'streams', columns: listColumns(rates, nowMs) }, streams),
  ];
}

/** What a stream warns of, each a line. */
export function drawWarnings(stream: StreamStatus): HTMLElement[] {
  return stream.warnings.map((warning) => element('p', { class: 'warning' }, `${stream.stream}: ${warning}`));
}

/** Narrow screens keep the name with the state below it, and the count. */
function listColumns(rates: Rates, nowMs: number): TableColumn<StreamStatus>[] {
  const offset = (name: keyof OffsetTotals) => (stream: StreamStatus) => {
    const { offsets } = sumStreams([stream]);
    return offsets === null ? UNKNOWN : formatCount(offsets[name]);
  };
  return [
    { label: 'Stream', draw: drawName },
    { label: 'State', class: 'wide-only', draw: drawState },
    {
      label: 'Arriving',
      class: 'number wide-only',
      draw: ({ stream }) => {
        const rate = rates.ofStream.get(stream) ?? null;
        return rate === null ? UNKNOWN : `${formatRate(rate)} /s`;
      },
    },
    { label: 'Events counted', class: 'number', draw: ({ stored }) => formatCount(stored) },
    { label: 'Waiting', class: 'number wide-only', draw: offset('waiting') },
    { label: 'Not yet in the lake', class: 'number wide-only', draw: offset('aboveTidemark') },
    { label: 'Rejected', class: 'number wide-only', draw: ({ rejected }) => formatCount(rejected) },
    {
      label: 'In the lake to',
      class: 'wide-only',
      draw: ({ historical_through: through }) => (through === null ? 'nothing yet' : formatUtc(through, nowMs)),
    },
  ];
}

function drawName(status: StreamStatus): HTMLElement[] {
  const { stream, partitions, snapshot } = status;
  const parts = [
    partitions.length === 0 ? '' : formatNoun(partitions.length, 'partition'),
    snapshot === null ? 'no snapshot yet' : `snapshot ${formatCount(snapshot)}`,
  ].filter((part) => part !== '');
  return [
    element(
      'a',
      { class: 'product', href: `#/operations?stream=${encodeURIComponent(stream)}`, 'data-focus': stream },
      stream,
    ),
    element('span', { class: 'sub' }, parts.join(' · ')),
    element('span', { class: 'narrow-only' }, drawState(status)),
  ];
}

function drawState(stream: StreamStatus): HTMLElement {
  const { tone, text } = describeStream(stream);
  return element('span', { class: `tag tag-${tone}` }, text);
}
