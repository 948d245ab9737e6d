import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { EXPIRED_UNREAD } from './account-partition.ts';
import { type Finding, isClean, type PartitionLedger } from './ledger.ts';
import { countOffsets } from './offset-ranges.ts';
import type { StreamLedger } from './reconcile-stream.ts';

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
  ledger: StreamLedger,
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
    partition.accounts.gap,
    countOffsets(partition.gaps.filter((gap) => isRecorded(gap, partition))),
    countOffsets(partition.gaps.filter(({ from }) => from >= partition.tidemark)),
    countOffsets(partition.doubles),
    countOffsets(partition.mismatches),
    ledger.missingFiles.length,
    JSON.stringify({
      gaps: partition.gaps.slice(0, MAX_FINDINGS),
      doubles: partition.doubles.slice(0, MAX_FINDINGS),
      mismatches: partition.mismatches.slice(0, MAX_FINDINGS),
    }),
    checkedAtMs,
    ledger.elapsedMs,
  ]);
  await clickhouse.insert('tidemark.reconciliations', [...COLUMNS], rows);
}

function isRecorded({ from, reason }: Finding, { tidemark }: PartitionLedger): boolean {
  return reason === EXPIRED_UNREAD && from < tidemark;
}
