import type { QualityCheck } from '@tidemark/domains/quality';

/** What the query of a check found. */
export interface Observation {
  /** Null where there is nothing to observe. */
  readonly observed: number | null;
  /** How many rows it is of. */
  readonly sample: number;
  readonly detail: string;
}

export interface CheckVerdict {
  readonly status: 'passed' | 'failed' | 'not_applicable';
  readonly observed: number | null;
  readonly threshold: number | null;
  readonly detail: string;
}

/** Holds what was observed against the declared bounds. */
export function judgeCheck(check: QualityCheck, { observed, sample, detail }: Observation): CheckVerdict {
  const { least, most, minSample } = boundsOf(check);
  if (observed === null || sample < minSample) return doesNotApply(describeTooFew(check, sample, minSample));
  const isTooLow = least !== undefined && observed < least;
  const threshold = isTooLow || most === undefined ? (least ?? null) : most;
  const hasFailed = isTooLow || (most !== undefined && observed > most);
  return { status: hasFailed ? 'failed' : 'passed', observed, threshold, detail };
}

/** @param reason why nothing was asked */
export function doesNotApply(reason: string): CheckVerdict {
  return { status: 'not_applicable', observed: null, threshold: null, detail: reason };
}

interface Bounds {
  readonly least?: number;
  readonly most?: number;
  readonly minSample: number;
}

function boundsOf(check: QualityCheck): Bounds {
  switch (check.kind) {
    case 'freshness':
      return { most: check.maxAgeMinutes, minSample: 1 };
    case 'volume':
      return { least: check.minRatio, most: check.maxRatio, minSample: check.minEvents };
    case 'null_rate':
    case 'accepted_values':
      return { most: check.maxShare, minSample: 1 };
    case 'referential':
      return { most: check.maxShare, minSample: check.minEvents ?? 1 };
    case 'uniqueness':
      return { most: 0, minSample: 1 };
    case 'monotone_watermarks':
      return { most: 0, minSample: 2 };
  }
}

function describeTooFew(check: QualityCheck, sample: number, minSample: number): string {
  switch (check.kind) {
    case 'freshness':
      return 'there is no event yet';
    case 'volume':
      return `the same hour last week had ${sample} events, fewer than ${minSample}`;
    case 'null_rate':
    case 'accepted_values':
    case 'referential':
      return `${sample} such events in the last ${check.windowHours} h, fewer than ${minSample}`;
    case 'uniqueness':
      return `no rows in the last ${check.rows.windowHours} h`;
    case 'monotone_watermarks':
      return 'fewer than two snapshots were published';
  }
}
