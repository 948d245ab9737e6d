import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { ReconciliationStatus } from '../status/schemas.ts';

/** What the last reconciliation of a stream found. Counts are of offsets. */
export interface Reconciliation extends ReconciliationStatus {
  /** Of the gaps, those that the snapshot's publication does not count. */
  readonly unrecorded_gaps: number;
  /** Of these, those from the tidemark on. */
  readonly unrecorded_gaps_above: number;
}

export async function readReconciliation(clickhouse: ClickHouse, stream: string): Promise<Reconciliation | null> {
  const { rows } = await clickhouse.query<Reconciliation>(
    `SELECT max(snapshot) AS snapshot, checked_at, min(is_clean) AS is_clean,
       sum(to_offset - from_offset) AS accounted_offsets, sum(gap_offsets) AS gap_offsets,
       sum(double_offsets) AS double_offsets, sum(mismatch_offsets) AS mismatch_offsets,
       max(missing_files) AS missing_files, sum(ledger.gap_offsets - recorded_gap_offsets) AS unrecorded_gaps,
       sum(gap_offsets_above) AS unrecorded_gaps_above
     FROM tidemark.reconciliations AS ledger WHERE stream = {stream:String}
     GROUP BY checked_at ORDER BY checked_at DESC LIMIT 1`,
    { stream },
  );
  return rows[0] ?? null;
}

/**
 * The gaps that a snapshot's publication does not count, as far as the last reconciliation knows: they stay open until
 * one accounts for them. About those above its tidemark a later snapshot decides, from Kafka: it stores or counts them.
 */
export function countUnrecordedGaps(last: Reconciliation | null, snapshot: number): number {
  if (last === null) return 0;
  return last.unrecorded_gaps - (snapshot > last.snapshot ? last.unrecorded_gaps_above : 0);
}
