import type { Health, Status } from './contract.ts';
import { formatDuration, formatHeadline, formatNoun, formatRate, UNKNOWN } from './format.ts';
import { listSteps } from './steps.ts';
import { isBehind } from './stream-state.ts';
import { formatAgo, formatUtc } from './time.ts';
import { type OffsetTotals, sumStreams } from './totals.ts';

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

/** The picture's texts. `health` may be missing while its answer is; then only the counts speak. */
export function describeFlow(
  status: Status,
  health: Health | undefined,
  perSecond: number | null,
  nowMs: number,
): Flow {
  const { offsets, stored, openGaps } = sumStreams(status.streams);
  const headline = (name: keyof OffsetTotals) => (offsets === null ? UNKNOWN : formatHeadline(offsets[name]));
  const partState = (name: string): NodeState =>
    health?.parts.some((part) => part.name === name && part.status === 'down') ? 'down' : 'ok';
  const through = newest(status.streams.map((stream) => stream.realtime_through ?? stream.historical_through));
  return {
    isFlowing: (perSecond ?? 0) > 0,
    nodes: {
      producers: {
        title: 'Producers',
        figure: formatRate(perSecond),
        unit: perSecond === null ? 'measuring' : 'events/s',
        note: describeStreams(status),
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
        state: isBehind(offsets?.waiting ?? 0) ? 'warn' : 'ok',
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
        note: describeLake(status, nowMs),
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

/** One box for the step of all streams: a failure of any shows until that stream's step succeeds again. */
function describeStep(status: Status, step: string, nowMs: number): Omit<FlowNode, 'title'> {
  const steps = listSteps(status.streams).filter(({ run }) => run.step === step);
  const failed = steps.find(({ run }) => run.status === 'failed');
  if (failed !== undefined) {
    const when = formatAgo(failed.run.started_at, nowMs);
    const note = status.streams.length === 1 ? when : failed.stream;
    return { figure: 'failed', unit: 'see Operations', note, state: 'down' };
  }
  const shown = steps.find(({ run }) => run.status === 'done') ?? steps[0];
  if (shown === undefined) return { figure: UNKNOWN, unit: 'no run yet', note: 'on schedule', state: 'idle' };
  const { run } = shown;
  const note = formatAgo(run.started_at, nowMs);
  if (run.status === 'skipped') return { figure: 'idle', unit: 'nothing to do', note, state: 'ok' };
  const unit = `${run.rows === 1 ? 'row' : 'rows'} in ${formatDuration(run.duration_ms)}`;
  return { figure: formatHeadline(run.rows), unit, note, state: 'ok' };
}

/** One stream is named, several are counted: a box has room for a name. */
function describeStreams({ streams }: Status): string {
  const [first] = streams;
  return first !== undefined && streams.length === 1 ? first.stream : formatNoun(streams.length, 'stream');
}

/** Snapshots count within their stream: of several, the time up to which all are in the lake says more. */
function describeLake({ streams }: Status, nowMs: number): string {
  const committed = streams.filter((stream) => stream.snapshot !== null);
  const [first] = committed;
  if (first === undefined) return 'no snapshot yet';
  if (streams.length === 1) return `snapshot ${first.snapshot}`;
  const through = committed.flatMap((stream) => stream.historical_through ?? []).sort()[0] ?? null;
  return through === null ? 'no events yet' : `to ${formatUtc(through, nowMs)}`;
}

function newest(times: (string | null)[]): string | null {
  return times.reduce((best, time) => (best === null || (time !== null && time > best) ? time : best), null);
}
