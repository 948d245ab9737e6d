import type { ClickHouse } from './clickhouse.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { OffsetRanges } from './tidemark.ts';

/** What one run of a batch step did to one stream. */
export interface RunReport {
  readonly status: 'skipped' | 'done';
  readonly ranges: OffsetRanges;
  /** Committed or published by the run; 0 for none. */
  readonly snapshot: number;
  readonly rows: number;
  readonly rejected: number;
  /** What an operator should know although the run is done. */
  readonly warning?: string;
}

export interface RunDependencies {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
  /** The run over all steps that this one belongs to; undefined where it was invoked by itself. */
  readonly batchId?: string;
}

/**
 * Runs a step for a stream and records how it went, in tidemark.batch_runs and in the log.
 *
 * @throws what the step throws, after the failure is recorded
 */
export async function recordRun(
  step: string,
  stream: string,
  run: () => Promise<RunReport>,
  { clickhouse, clock, newId, log, batchId = '' }: RunDependencies,
): Promise<RunReport> {
  const startedAtMs = clock();
  const record = (report: Omit<RunReport, 'status'> & { status: string; error: string }) =>
    clickhouse.insert(
      'tidemark.batch_runs',
      [...COLUMNS],
      [
        [
          newId(),
          batchId,
          step,
          stream,
          report.status,
          offsetsOf(report.ranges, 'from'),
          offsetsOf(report.ranges, 'to'),
          report.snapshot,
          report.rows,
          report.rejected,
          report.error,
          report.warning ?? '',
          startedAtMs,
          clock() - startedAtMs,
        ],
      ],
    );
  try {
    const report = await run();
    await record({ ...report, error: '' });
    const { status, snapshot, rows, rejected, warning } = report;
    log.info(`${step} ${status}`, { stream, snapshot, rows, rejected, warning, durationMs: clock() - startedAtMs });
    return report;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.error(`${step} failed`, { stream, error: message, durationMs: clock() - startedAtMs });
    await record({ status: 'failed', ranges: new Map(), snapshot: 0, rows: 0, rejected: 0, error: message }).catch(
      // The step's own error is the one to report: a run log that cannot be written usually has the same cause.
      (cause: unknown) => log.error('the failed run could not be recorded', { step, stream, error: String(cause) }),
    );
    throw error;
  }
}

const COLUMNS = [
  'run_id',
  'batch_id',
  'step',
  'stream',
  'status',
  'range_from',
  'range_to',
  'snapshot',
  'rows',
  'rejected',
  'error',
  'warning',
  'started_at',
  'duration_ms',
] as const;

function offsetsOf(ranges: OffsetRanges, end: 'from' | 'to'): Record<string, number> {
  return Object.fromEntries([...ranges].map(([partition, range]) => [partition, range[end]]));
}
