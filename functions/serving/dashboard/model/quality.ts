import type { CheckResult, Quality, StreamStatus } from './contract.ts';
import { formatMeasure } from './format.ts';

export type QualityTone = 'good' | 'warn' | 'bad' | 'idle';

const STATES: Record<Quality['status'], { tone: QualityTone; text: string }> = {
  ok: { tone: 'good', text: 'all checks pass' },
  warning: { tone: 'warn', text: 'look at the warnings' },
  failed: { tone: 'bad', text: 'data is marked' },
  unknown: { tone: 'idle', text: 'not checked yet' },
};

/** What the checks of a stream come to. */
export function describeQuality({ status }: Quality): { tone: QualityTone; text: string } {
  return STATES[status];
}

/** One check in words: how it ended, and what it measured against what is allowed. */
export interface CheckVerdict {
  tone: QualityTone;
  text: string;
  /** Empty where nothing was measured. */
  figures: string;
}

/** A failed warning does not look like a failed error. */
export function describeCheck({ status, severity, observed, threshold }: CheckResult): CheckVerdict {
  const limit = threshold === null ? '' : `, limit ${formatMeasure(threshold)}`;
  const figures = observed === null ? '' : `${formatMeasure(observed)}${limit}`;
  if (status === 'passed') return { tone: 'good', text: 'passed', figures };
  if (status === 'not_applicable') return { tone: 'idle', text: 'not applicable', figures };
  return severity === 'error' ? { tone: 'bad', text: 'failed', figures } : { tone: 'warn', text: 'warning', figures };
}

/** How many checks of the streams there are, and how many failed by severity. */
export function countChecks(streams: readonly StreamStatus[]) {
  const checks = streams.flatMap(({ quality }) => quality.checks);
  const failed = checks.filter(({ status }) => status === 'failed');
  const errors = failed.filter(({ severity }) => severity === 'error').length;
  return { all: checks.length, errors, warnings: failed.length - errors };
}
