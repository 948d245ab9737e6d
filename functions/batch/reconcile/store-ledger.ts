import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { EXPIRED_UNREAD } from './account-partition.ts';
import type { AcknowledgedLedger, AcknowledgedPartition } from './acknowledge-gaps.ts';
import { isClean } from './ledger.ts';
import { countOffsets } from './offset-ranges.ts';

const COLUMNS = [
  'run_id',
  'stream',
  '_partition',
  'snapshot',
  'is_clean',
  'from_offset',
  'to_offset',
  'tidemark',
  'accounts',
  'gap_offsets',
  'recorded_gap_offsets',
  'gap_offsets_above',
  'double_offsets',
  'mismatch_offsets',
  'missing_files',
  'findings',
  'checked_at',
  'duration_ms',
] as const;

/** Ranges of each kind that a row names. */
const MAX_FINDINGS = 20;

/** Keeps a ledger in tidemark.reconciliations: from then on answers count the gaps that it found. */
export async function storeLedger(
  clickhouse: ClickHouse,
  ledger: AcknowledgedLedger,
  { runId, checkedAtMs }: { runId: string; checkedAtMs: number },
): Promise<void> {
  const rows = ledger.partitions.map((partition) => [
    runId,
    ledger.stream,
    partition.partition,
    ledger.snapshot,
    isClean(partition) && ledger.missingFiles.length === 0,
    partition.from,
    partition.to,
    partition.tidemark,
    partition.accounts,
    partition.accounts.gap - countOffsets(partition.acknowledged),
    countRecorded(partition),
    countOffsets(partition.gaps.filter(({ from }) => from >= partition.tidemark)),
    countOffsets(partition.doubles),
    countOffsets(partition.mismatches),
    ledger.missingFiles.length,
    JSON.stringify({
      gaps: partition.gaps.slice(0, MAX_FINDINGS),
      acknowledged: partition.acknowledged.slice(0, MAX_FINDINGS),
      doubles: partition.doubles.slice(0, MAX_FINDINGS),
      mismatches: partition.mismatches.slice(0, MAX_FINDINGS),
    }),
    checkedAtMs,
    ledger.elapsedMs,
  ]);
  await clickhouse.insert('tidemark.reconciliations', [...COLUMNS], rows);
}

/** The publication counts what expired whether it was accepted or not: as much less of other gaps is open. */
function countRecorded({ gaps, acknowledged, tidemark }: AcknowledgedPartition): number {
  const open = gaps.filter(({ from, reason }) => reason === EXPIRED_UNREAD && from < tidemark);
  return countOffsets([...open, ...acknowledged]);
}
