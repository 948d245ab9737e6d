import type { ReconciliationStatus } from './contract.ts';
import { formatCount, formatNoun } from './format.ts';

export type ReconcileTone = 'good' | 'bad' | 'idle';

/** What the last reconciliation of a stream says, in a few words, and what it found wrong. */
export interface ReconcileVerdict {
  tone: ReconcileTone;
  text: string;
  findings: string[];
}

/** Every offset accounted for exactly once, or how many are not. */
export function describeReconcile(last: ReconciliationStatus | null): ReconcileVerdict {
  if (last === null) return { tone: 'idle', text: 'not reconciled yet', findings: [] };
  if (last.is_clean) return { tone: 'good', text: 'every offset accounted for', findings: [] };
  const findings = [
    describeFinding(last.gap_offsets, 'is in no table and ought to be', 'are in no table and ought to be'),
    describeFinding(last.double_offsets, 'counts more than once', 'count more than once'),
    describeFinding(last.mismatch_offsets, 'differs between the layers', 'differ between the layers'),
    last.missing_files === 0 ? '' : `${formatNoun(last.missing_files, 'file')} of the lake missing`,
  ].filter((finding) => finding !== '');
  return { tone: 'bad', text: 'not every offset accounted for', findings };
}

function describeFinding(offsets: number, one: string, several: string): string {
  return offsets === 0 ? '' : `${formatNoun(offsets, 'offset')} ${offsets === 1 ? one : several}`;
}

/** "66,123 offsets of snapshot 12". */
export function describeScope({ accounted_offsets: offsets, snapshot }: ReconciliationStatus): string {
  return `${formatNoun(offsets, 'offset')} to the end of the log, snapshot ${formatCount(snapshot)}`;
}
