import type { Health, PartitionStatus, Status, StreamStatus } from './contract.ts';
import { formatDuration, formatHeadline, formatNoun, formatRate, UNKNOWN } from './format.ts';
import { formatAgo, formatUtc } from './time.ts';

/** More than a batch: the trigger falls behind. */
const MAX_WAITING = 10_000;

export type NodeName = 'producers' | 'kafka' | 'ingest' | 'hot' | 'compact' | 'lake' | 'gold' | 'serving';
export type NodeState = 'ok' | 'down' | 'warn' | 'idle';

/** What one box of the picture says: the figure in large, its unit, and a line below. */
export interface FlowNode {
  title: string;
  figure: string;
  unit: string;
  note: string;
  state: NodeState;
}

/** The picture with its live counts. `isFlowing` when events arrived between the last two looks. */
export interface Flow {
  nodes: Record<NodeName, FlowNode>;
  isFlowing: boolean;
}

/** The sums over every partition of every stream that the pictures and the cards speak of, in records. */
export interface Totals {
  stored: number;
  rejected: number;
  openGaps: number;
  /** Null when Kafka does not answer. */
  offsets: OffsetTotals | null;
}

export interface OffsetTotals {
  inTopics: number;
  delivered: number;
  inLake: number;
  aboveTidemark: number;
  waiting: number;
  partitions: number;
}

export function sumStatus({ streams }: Status): Totals {
  return {
    stored: sum(streams.map((stream) => stream.stored)),
    rejected: sum(streams.map((stream) => stream.rejected)),
    openGaps: sum(streams.map((stream) => stream.open_gaps)),
    offsets: streams.some((stream) => stream.lag_records === null) ? null : sumOffsets(streams),
  };
}

/** Records per second between two looks; unknown until there are two, while Kafka is silent, or after a topic was made anew. */
export function measureRate(before: Status | undefined, after: Status): number | null {
  if (before === undefined) return null;
  const seconds = (Date.parse(after.generated_at) - Date.parse(before.generated_at)) / 1000;
  const first = sumStatus(before).offsets;
  const last = sumStatus(after).offsets;
  if (first === null || last === null) return null;
  const records = last.inTopics - first.inTopics;
  return seconds > 0 && records >= 0 ? records / seconds : null;
}

/** The picture's texts. `health` may be missing while its answer is; then only the counts speak. */
export function describeFlow(
  status: Status,
  health: Health | undefined,
  perSecond: number | null,
  nowMs: number,
): Flow {
  const { offsets, stored, openGaps } = sumStatus(status);
  const headline = (name: keyof OffsetTotals) => (offsets === null ? UNKNOWN : formatHeadline(offsets[name]));
  const partState = (name: string): NodeState =>
    health?.parts.some((part) => part.name === name && part.status === 'down') ? 'down' : 'ok';
  const streams = status.streams.map((stream) => stream.stream).join(', ');
  const snapshot = Math.max(-1, ...status.streams.map((stream) => stream.snapshot ?? -1));
  const through = newest(status.streams.map((stream) => stream.realtime_through ?? stream.historical_through));
  return {
    isFlowing: (perSecond ?? 0) > 0,
    nodes: {
      producers: {
        title: 'Producers',
        figure: formatRate(perSecond),
        unit: perSecond === null ? 'measuring' : 'events/s',
        note: streams,
        state: perSecond === 0 ? 'idle' : 'ok',
      },
      kafka: {
        title: 'Kafka',
        figure: headline('inTopics'),
        unit: 'records',
        note: offsets === null ? 'does not answer' : formatNoun(offsets.partitions, 'partition'),
        state: partState('kafka'),
      },
      ingest: {
        title: 'Ingest',
        figure: headline('waiting'),
        unit: 'records waiting',
        note: `${headline('delivered')} delivered`,
        state: (offsets?.waiting ?? 0) > MAX_WAITING ? 'warn' : 'ok',
      },
      hot: {
        title: 'ClickHouse',
        figure: headline('aboveTidemark'),
        unit: 'hot records',
        note: 'above the tidemark',
        state: partState('clickhouse'),
      },
      compact: { title: 'Compact', ...describeStep(status, 'compact', nowMs) },
      lake: {
        title: 'Lake',
        figure: headline('inLake'),
        unit: 'records',
        note: snapshot < 0 ? 'no snapshot yet' : `snapshot ${snapshot}`,
        state: partState('lake'),
      },
      gold: { title: 'Gold', ...describeStep(status, 'refresh-gold', nowMs) },
      serving: {
        title: 'Unified answer',
        figure: formatHeadline(stored),
        unit: 'events',
        note: through === null ? 'nothing stored yet' : `to ${formatUtc(through, nowMs)}`,
        state: openGaps > 0 ? 'warn' : partState('clickhouse'),
      },
    },
  };
}

/** The last run that did something; a failure shows until a later run succeeds. */
function describeStep(status: Status, step: string, nowMs: number): Omit<FlowNode, 'title'> {
  const runs = status.streams
    .flatMap((stream) => stream.last_runs)
    .filter((run) => run.step === step)
    .sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at));
  const [latest] = runs;
  if (latest === undefined) return { figure: UNKNOWN, unit: 'no run yet', note: 'on schedule', state: 'idle' };
  const shown = latest.status === 'skipped' ? (runs.find((run) => run.status === 'done') ?? latest) : latest;
  const note = formatAgo(shown.started_at, nowMs);
  if (shown.status === 'failed') return { figure: 'failed', unit: 'see batch runs', note, state: 'down' };
  if (shown.status === 'skipped') return { figure: 'idle', unit: 'nothing to do', note, state: 'ok' };
  const unit = `${shown.rows === 1 ? 'row' : 'rows'} in ${formatDuration(shown.duration_ms)}`;
  return { figure: formatHeadline(shown.rows), unit, note, state: 'ok' };
}

function sumOffsets(streams: readonly StreamStatus[]): OffsetTotals {
  const partitions = streams.flatMap((stream) => stream.partitions);
  const delivered = ({ committed_offset, log_start }: PartitionStatus) => committed_offset ?? log_start;
  return {
    inTopics: sum(partitions.map((partition) => partition.end_offset)),
    delivered: sum(partitions.map(delivered)),
    inLake: sum(partitions.map((partition) => partition.tidemark)),
    aboveTidemark: sum(partitions.map((partition) => Math.max(0, delivered(partition) - partition.tidemark))),
    waiting: sum(partitions.map((partition) => partition.lag_records)),
    partitions: partitions.length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function newest(times: (string | null)[]): string | null {
  return times.reduce((best, time) => (best === null || (time !== null && time > best) ? time : best), null);
}
