import type { RunReport } from '@tidemark/platform/batch-runs';
import type { AcknowledgedLedger } from './acknowledge-gaps.ts';
import { type Finding, isClean, type PartitionLedger } from './ledger.ts';
import { countOffsets } from './offset-ranges.ts';

/** What `reconcile` answers: a ledger of each stream, and whether all of it is clean. */
export interface ReconcileReport {
  readonly is_clean: boolean;
  readonly streams: readonly StreamReport[];
}

export interface StreamReport {
  readonly stream: string;
  readonly topic: string;
  readonly is_clean: boolean;
  readonly snapshot: number;
  readonly compared_offsets: number;
  readonly comparable_offsets: number;
  readonly missing_files: readonly string[];
  readonly elapsed_ms: number;
  readonly partitions: readonly PartitionReport[];
}

export interface PartitionReport {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly log_start: number;
  readonly tidemark: number;
  readonly committed: number | null;
  readonly accounts: PartitionLedger['accounts'];
  /** Those that are open. */
  readonly gaps: FindingsReport;
  /** Gaps that an operator has accepted. */
  readonly acknowledged: FindingsReport;
  readonly doubles: FindingsReport;
  readonly mismatches: FindingsReport;
}

export interface FindingsReport {
  readonly offsets: number;
  /** The first of them: `from` inclusive, `to` exclusive. */
  readonly ranges: readonly Finding[];
  readonly omitted_ranges: number;
}

/** An answer of Lambda has room for 6 MB; nobody reads more by hand. */
const MAX_RANGES = 200;

export function isStreamClean({ partitions, missingFiles }: AcknowledgedLedger): boolean {
  return missingFiles.length === 0 && partitions.every(isClean);
}

export function toStreamReport(ledger: AcknowledgedLedger): StreamReport {
  return {
    stream: ledger.stream,
    topic: ledger.topic,
    is_clean: isStreamClean(ledger),
    snapshot: ledger.snapshot,
    compared_offsets: ledger.compared.offsets,
    comparable_offsets: ledger.compared.of,
    missing_files: ledger.missingFiles.slice(0, MAX_RANGES),
    elapsed_ms: ledger.elapsedMs,
    partitions: ledger.partitions.map(({ logStart, gaps, acknowledged, doubles, mismatches, ...partition }) => ({
      ...partition,
      log_start: logStart,
      gaps: toFindings(gaps),
      acknowledged: toFindings(acknowledged),
      doubles: toFindings(doubles),
      mismatches: toFindings(mismatches),
    })),
  };
}

/** The run log's view of a ledger: `rows` are the offsets that were accounted for. */
export function toRunReport(ledger: AcknowledgedLedger): RunReport {
  const ranges = new Map(ledger.partitions.map(({ partition, from, to }) => [partition, { from, to }]));
  const count = (of: (partition: PartitionLedger) => readonly Finding[]) => countOffsets(ledger.partitions.flatMap(of));
  const found = [
    [count(({ gaps }) => gaps), 'offsets in gaps'],
    [count(({ doubles }) => doubles), 'offsets counted more than once'],
    [count(({ mismatches }) => mismatches), 'offsets in which the layers differ'],
    [ledger.missingFiles.length, 'data files missing'],
  ] as const;
  const warning = found.flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : [])).join(', ');
  return {
    status: 'done',
    ranges,
    snapshot: ledger.snapshot,
    rows: countOffsets([...ranges.values()]),
    rejected: 0,
    ...(warning !== '' && { warning }),
  };
}

function toFindings(findings: readonly Finding[]): FindingsReport {
  return {
    offsets: countOffsets(findings),
    ranges: findings.slice(0, MAX_RANGES),
    omitted_ranges: Math.max(0, findings.length - MAX_RANGES),
  };
}
