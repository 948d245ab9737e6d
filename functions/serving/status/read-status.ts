import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { type RunHistory, WHOLE_RUN } from '@tidemark/platform/run-history';
import type { Completeness, ReadCompleteness } from '../completeness/read-completeness.ts';
import { type Reconciliation, readReconciliation } from '../completeness/read-reconciliation.ts';
import { readQuality } from '../quality/read-quality.ts';
import type { Quality } from '../quality/schemas.ts';
import { countStored } from './count-stored.ts';
import { describeRetries, readLastBatch } from './read-batch.ts';
import type { RunStatus, StreamStatus } from './schemas.ts';

export interface StatusDependencies {
  readonly clickhouse: ClickHouse;
  readonly readCompleteness: ReadCompleteness;
  readonly history: RunHistory;
}

/** Where one stream stands, as the status page shows it. Times are ISO 8601, UTC. */
export async function readStreamStatus(stream: Stream, deps: StatusDependencies): Promise<StreamStatus> {
  const { clickhouse, readCompleteness, history } = deps;
  const readCounted = async () => {
    const completeness = await readCompleteness(stream);
    // After the positions of the log: whoever reads that nothing lags finds all of it counted.
    return { completeness, stored: await countStored(clickhouse, stream, completeness.publication) };
  };
  const [counted, runs, lastBatch, deadLetters, openDeadLetters, conflicts, quality, reconciliation] =
    await Promise.all([
      readCounted(),
      readLastRuns(clickhouse, stream),
      readLastBatch(clickhouse, stream.name),
      countDeadLettersByReason(clickhouse, stream),
      countOpenDeadLetters(clickhouse, stream),
      countConflicts(clickhouse, stream),
      readQuality(clickhouse, stream.name),
      readReconciliation(clickhouse, stream.name),
    ]);
  const { completeness, stored } = counted;
  const { publication, positions, realtimeThrough, lagRecords, rejected } = completeness;
  return {
    stream: stream.name,
    domain: stream.domain,
    topic: stream.topic,
    snapshot: publication.snapshot === 0 ? null : publication.snapshot,
    historical_through: publication.historicalThrough,
    realtime_through: realtimeThrough,
    lag_records: lagRecords,
    open_gaps: publication.openGaps,
    rejected,
    stored,
    partitions: (positions ?? []).map(({ partition, logStart, end, committed, lagRecords: lag }) => ({
      partition,
      log_start: logStart,
      end_offset: end,
      committed_offset: committed,
      tidemark: publication.tidemark.get(partition) ?? 0,
      lag_records: lag,
    })),
    last_runs: runs,
    last_batch: lastBatch,
    retries: describeRetries(history, stream.name),
    dead_letters: deadLetters,
    dead_letters_open: openDeadLetters,
    conflicts,
    quality,
    reconcile: describeReconciliation(reconciliation),
    warnings: findWarnings(completeness, runs, quality),
  };
}

/** The last reconciliation; null before the first. */
function describeReconciliation(last: Reconciliation | null) {
  if (last === null) return null;
  const { unrecorded_gaps, unrecorded_gaps_above, ...shown } = last;
  return shown;
}

/** The last run of each step that ended in each way. */
async function readLastRuns(clickhouse: ClickHouse, { name }: Stream): Promise<RunStatus[]> {
  const { rows } = await clickhouse.query<RunStatus>(
    `SELECT step, status, started_at, duration_ms, rows, nullIf(error, '') AS error, nullIf(warning, '') AS warning
     FROM tidemark.batch_runs
     WHERE stream = {stream:String} AND step != {whole:String} AND started_at > now64(3) - INTERVAL 1 DAY
     ORDER BY started_at DESC LIMIT 1 BY step, status LIMIT 20`,
    { stream: name, whole: WHOLE_RUN },
  );
  return rows;
}

async function countDeadLettersByReason(clickhouse: ClickHouse, { name }: Stream) {
  const { rows } = await clickhouse.query<{ reason: string; records: number }>(
    `SELECT reason, count() AS records FROM tidemark.dead_letters FINAL
     WHERE stream = {stream:String} GROUP BY reason ORDER BY records DESC, reason`,
    { stream: name },
  );
  return rows;
}

/** Those that were neither replayed nor discarded. */
async function countOpenDeadLetters(clickhouse: ClickHouse, { name }: Stream): Promise<number> {
  const { rows } = await clickhouse.query<{ records: number }>(
    "SELECT count() AS records FROM tidemark.dead_letters_by_state WHERE stream = {stream:String} AND state = 'open'",
    { stream: name },
  );
  return rows[0]?.records ?? 0;
}

/** Repeats of an event id that say something else than the event which counts. */
async function countConflicts(clickhouse: ClickHouse, { name, identity }: Stream): Promise<number> {
  if (identity === undefined) return 0;
  const { rows } = await clickhouse.query<{ conflicts: number }>(
    'SELECT count() AS conflicts FROM tidemark.event_conflicts FINAL WHERE stream = {stream:String}',
    { stream: name },
  );
  return rows[0]?.conflicts ?? 0;
}

function findWarnings(
  { positions, publication }: Completeness,
  runs: readonly RunStatus[],
  { checks }: Quality,
): string[] {
  const warnings: string[] = [];
  if (positions === undefined) warnings.push('Kafka does not answer: the lag is unknown');
  if (publication.openGaps > 0) warnings.push(`${publication.openGaps} offsets were lost before they were stored`);
  for (const step of new Set(runs.map((run) => run.step))) {
    const last = runs.find((run) => run.step === step);
    if (last?.status === 'failed') warnings.push(`${step} failed at ${last.started_at}: ${last.error}`);
    if (last?.warning) warnings.push(`${step}: ${last.warning}`);
  }
  for (const { check, status, detail } of checks) if (status === 'failed') warnings.push(`${check}: ${detail}`);
  return warnings;
}
