import { ACCOUNTS } from '../../functions/batch/reconcile/ledger.ts';
import type {
  FindingsReport,
  PartitionReport,
  ReconcileReport,
  StreamReport,
} from '../../functions/batch/reconcile/report-ledger.ts';

/** Ranges of each kind that a person is shown. */
const MAX_SHOWN = 10;

/** A ledger as a table for people, with what was found below it. */
export function describeReport({ streams, is_clean }: ReconcileReport): string {
  const verdict = is_clean
    ? 'Every offset is accounted for exactly once, and both layers agree.'
    : 'Not every offset is accounted for exactly once.';
  return [...streams.map(describeStream), verdict].join('\n\n');
}

function describeStream(report: StreamReport): string {
  const { stream, snapshot, partitions, elapsed_ms, missing_files } = report;
  const rows = partitions.map((partition) => [
    String(partition.partition),
    `${partition.from}-${partition.to}`,
    ...ACCOUNTS.map((account) => String(partition.accounts[account])),
  ]);
  const compared = `${report.compared_offsets} of ${report.comparable_offsets} offsets compared between the layers`;
  const findings = partitions.flatMap((partition) => [
    ...describeFindings('gap', partition, partition.gaps),
    ...describeFindings('accepted gap', partition, partition.acknowledged),
    ...describeFindings('double', partition, partition.doubles),
    ...describeFindings('mismatch', partition, partition.mismatches),
  ]);
  return [
    `${stream}, snapshot ${snapshot}: ${compared}, ${elapsed_ms} ms`,
    formatTable([['partition', 'offsets', ...ACCOUNTS], ...rows]),
    ...missing_files.map((file) => `  missing file ${file}`),
    ...findings,
  ].join('\n');
}

function describeFindings(kind: string, { partition }: PartitionReport, { ranges, omitted_ranges }: FindingsReport) {
  const shown = ranges.slice(0, MAX_SHOWN);
  const lines = shown.map(({ from, to, reason }) => {
    const offsets = to === from + 1 ? `offset ${from}` : `offsets ${from}-${to - 1}`;
    return `  ${kind} in partition ${partition}, ${offsets}: ${reason}`;
  });
  const more = ranges.length - shown.length + omitted_ranges;
  return more > 0 ? [...lines, `  … and ${more} more ranges: --json names them`] : lines;
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n');
}
