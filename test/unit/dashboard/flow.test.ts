import { describe, expect, it } from '@jest/globals';
import type { BatchRun, Status, StreamStatus } from '../../../functions/serving/dashboard/model/contract.ts';
import { describeFlow, measureRate, sumStatus } from '../../../functions/serving/dashboard/model/flow.ts';

const NOW = Date.parse('2026-11-21T08:00:00Z');

function makeStatus(change: Partial<StreamStatus> = {}, generatedAt = '2026-11-21T08:00:00Z'): Status {
  const partition = (index: number, end: number, committed: number | null, tidemark: number) => ({
    partition: index,
    log_start: 0,
    end_offset: end,
    committed_offset: committed,
    tidemark,
    lag_records: end - (committed ?? 0),
  });
  const stream: StreamStatus = {
    stream: 'retail_events',
    topic: 'retail_events',
    snapshot: 7,
    historical_through: '2026-11-21T07:59:00Z',
    realtime_through: '2026-11-21T07:59:58Z',
    lag_records: 15,
    open_gaps: 0,
    rejected: 3,
    stored: 197,
    partitions: [partition(0, 105, 100, 80), partition(1, 110, 100, 120)],
    last_runs: [],
    dead_letters: [],
    warnings: [],
    ...change,
  };
  return { generated_at: generatedAt, streams: [stream] };
}

const run = (status: BatchRun['status'], startedAt: string): BatchRun => ({
  step: 'compact',
  status,
  started_at: startedAt,
  duration_ms: 820,
  rows: status === 'done' ? 121 : 0,
  error: status === 'failed' ? 'S3 does not answer' : null,
});
const compactBox = (...last_runs: BatchRun[]) =>
  describeFlow(makeStatus({ last_runs }), undefined, 1, NOW).nodes.compact;

describe('the sums of a status', () => {
  it('count hot records between tidemark and committed offset, never below zero', () => {
    expect(sumStatus(makeStatus()).offsets).toEqual({
      inTopics: 215,
      delivered: 200,
      inLake: 200,
      aboveTidemark: 20,
      waiting: 15,
      partitions: 2,
    });
  });

  it('do not know the offsets while Kafka is silent, but keep what is stored', () => {
    const silent = makeStatus({ lag_records: null, partitions: [] });

    expect(sumStatus(silent)).toEqual({ stored: 197, rejected: 3, openGaps: 0, offsets: null });
    expect(describeFlow(silent, undefined, null, NOW).nodes).toMatchObject({
      kafka: { figure: '–', note: 'does not answer' },
      serving: { figure: '197' },
    });
  });
});

describe('the rate', () => {
  const later = '2026-11-21T08:00:05Z';
  const more = makeStatus({ partitions: [{ ...at(0), end_offset: 225 }] }, later);

  it('is what arrived between two looks', () => {
    expect(measureRate(makeStatus(), more)).toBe(2);
  });

  it('is not known at the first look, nor after a topic was made anew', () => {
    expect(measureRate(undefined, more)).toBeNull();
    expect(measureRate(makeStatus(), makeStatus({ partitions: [{ ...at(0), end_offset: 1 }] }, later))).toBeNull();
  });

  function at(partition: number) {
    return { partition, log_start: 0, end_offset: 0, committed_offset: 0, tidemark: 0, lag_records: 0 };
  }
});

describe('the picture', () => {
  it('marks the part that is down', () => {
    const health = {
      status: 'degraded' as const,
      parts: [{ name: 'lake', status: 'down' as const, elapsed_ms: 2000 }],
    };

    const { nodes } = describeFlow(makeStatus(), health, 0, NOW);

    expect([nodes.kafka.state, nodes.hot.state, nodes.lake.state]).toEqual(['ok', 'ok', 'down']);
  });

  it('moves only while events arrive', () => {
    expect([null, 0, 2].map((rate) => describeFlow(makeStatus(), undefined, rate, NOW).isFlowing)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('shows the last run that did something', () => {
    const skipped = run('skipped', '2026-11-21T07:59:00Z');
    const done = run('done', '2026-11-21T07:58:00Z');

    expect(compactBox(skipped, done)).toMatchObject({ figure: '121', unit: 'rows in 820 ms', note: '2 min ago' });
    expect(compactBox(skipped)).toMatchObject({ figure: 'idle', state: 'ok' });
  });

  it('shows a failed run until a later one succeeded', () => {
    const failed = run('failed', '2026-11-21T07:58:00Z');

    expect(compactBox(failed, run('done', '2026-11-21T07:57:00Z')).state).toBe('down');
    expect(compactBox(failed, run('done', '2026-11-21T07:59:00Z')).state).toBe('ok');
  });
});
