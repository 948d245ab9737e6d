import type { RunStatus, Status, StreamStatus } from '../../functions/serving/dashboard/model/contract.ts';

/** A stream of `/v1/status` with two partitions: 215 records in Kafka, 200 delivered, 15 waiting, 197 stored. */
export function makeStreamStatus(change: Partial<StreamStatus> = {}): StreamStatus {
  return {
    stream: 'deliveries',
    domain: 'logistics',
    topic: 'deliveries',
    snapshot: 7,
    historical_through: '2026-11-21T07:59:00Z',
    realtime_through: '2026-11-21T07:59:58Z',
    lag_records: 15,
    open_gaps: 0,
    rejected: 3,
    stored: 197,
    partitions: [makePartition(0, 105, 100, 80), makePartition(1, 110, 100, 120)],
    last_runs: [],
    last_batch: null,
    retries: [],
    dead_letters: [],
    dead_letters_open: 0,
    conflicts: 0,
    reconcile: null,
    quality: { status: 'unknown', checked_at: null, checks: [] },
    warnings: [],
    ...change,
  };
}

export function makePartition(partition: number, end: number, committed: number | null, tidemark: number) {
  return {
    partition,
    log_start: 0,
    end_offset: end,
    committed_offset: committed,
    tidemark,
    lag_records: end - (committed ?? 0),
  };
}

export function makeStatus(streams: StreamStatus[], generatedAt = '2026-11-21T08:00:00Z'): Status {
  return { generated_at: generatedAt, trigger: null, streams };
}

/** A run of 820 ms that wrote 121 rows if it is done, and says why if it failed. */
export function makeRun(status: RunStatus['status'], startedAt: string, step = 'compact'): RunStatus {
  return {
    step,
    status,
    started_at: startedAt,
    duration_ms: 820,
    rows: status === 'done' ? 121 : 0,
    error: status === 'failed' ? 'S3 does not answer' : null,
    warning: null,
  };
}
