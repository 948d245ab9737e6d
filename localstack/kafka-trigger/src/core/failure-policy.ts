import type { LaneSlice } from './partition-lane.ts';

/** What a mapping does about a batch that fails. */
export interface FailurePolicy {
  /** Retries after the first attempt; infinite by default. */
  maxRetries: number;
  /** Records older than this, by their timestamp, are not delivered; infinite by default. */
  maxRecordAgeMs: number;
  /** Halve a failed batch until the record that fails is alone. */
  bisects: boolean;
  /** The function's response names the records that failed. */
  reportsItemFailures: boolean;
}

/** On-demand mode: any error retries the whole batch until it succeeds. */
export const RETRY_UNTIL_SUCCESS: FailurePolicy = {
  maxRetries: Number.POSITIVE_INFINITY,
  maxRecordAgeMs: Number.POSITIVE_INFINITY,
  bisects: false,
  reportsItemFailures: false,
};

/** Records that are delivered together, and what has become of that so far. */
export interface Portion {
  slices: readonly LaneSlice[];
  /** Invocations that had these records. */
  attempts: number;
  /** Failed ones in a row that count against the retries. */
  failures: number;
  /** Attempts in a row that did not get as far as the function. */
  misses: number;
  /** The last invocation failed as a whole, as opposed to naming what failed. */
  hasFunctionError: boolean;
}

export function createPortion(slices: readonly LaneSlice[]): Portion {
  return { slices, attempts: 0, failures: 0, misses: 0, hasFunctionError: false };
}

/** How an attempt with a portion went wrong. */
export type Failure =
  | { kind: 'not invoked' }
  | { kind: 'failed' }
  /** `failed` is what the function named, and what follows it in its partition. */
  | { kind: 'partly failed'; failed: readonly LaneSlice[] };

/** What comes next for what failed; `next` in order of delivery. */
export type Decision =
  | { kind: 'retry'; next: readonly Portion[]; delayMs: number }
  | { kind: 'discard'; portion: Portion };

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/**
 * Decides about a portion that has just failed. A function that was not invoked is tried until the records are too old;
 * a portion that is split, in halves or where a response says, does not spend a retry.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html and
 * services-kinesis-batchfailurereporting.html (2026-11), since the Kafka pages are silent.
 */
export function decideAfterFailure(before: Portion, failure: Failure, policy: FailurePolicy): Decision {
  if (failure.kind === 'not invoked') {
    const misses = before.misses + 1;
    return { kind: 'retry', next: [{ ...before, misses }], delayMs: retryDelayMs(misses) };
  }
  const slices = failure.kind === 'partly failed' ? failure.failed : before.slices;
  const isFurther = countRecords(slices) < countRecords(before.slices);
  const portion: Portion = {
    slices,
    attempts: before.attempts + 1,
    // A record that is the first to fail now has all its retries before it.
    failures: isFurther ? 0 : before.failures,
    misses: 0,
    hasFunctionError: failure.kind === 'failed',
  };
  if (policy.bisects && (isFurther || countRecords(slices) > 1)) {
    const parts = isFurther ? [slices] : halve(slices);
    return { kind: 'retry', next: parts.map((part) => ({ ...portion, slices: part })), delayMs: FIRST_DELAY_MS };
  }
  const failures = portion.failures + 1;
  if (failures > policy.maxRetries) return { kind: 'discard', portion };
  return { kind: 'retry', next: [{ ...portion, failures }], delayMs: retryDelayMs(failures) };
}

/** How long to wait before the next attempt, after `failures` (1 or more) in a row: 0.1 s doubling up to 5 s. */
export function retryDelayMs(failures: number): number {
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1));
}

/** The slices from the given offsets on, and without the partitions that `from` does not name. */
export function resumeFrom(slices: readonly LaneSlice[], from: ReadonlyMap<string, number>): LaneSlice[] {
  return slices.flatMap((slice) => {
    const offset = from.get(slice.lane.name);
    return offset === undefined ? [] : keep(slice, (record) => record.offset >= offset);
  });
}

/** Separates what is still young enough to be delivered from what is not. */
export function splitByAge(slices: readonly LaneSlice[], policy: FailurePolicy, nowMs: number) {
  const oldestMs = nowMs - policy.maxRecordAgeMs;
  if (oldestMs === Number.NEGATIVE_INFINITY) return { young: slices, expired: [] };
  return {
    young: slices.flatMap((slice) => keep(slice, (record) => record.timestamp >= oldestMs)),
    expired: slices.flatMap((slice) => keep(slice, (record) => record.timestamp < oldestMs)),
  };
}

export function countRecords(slices: readonly LaneSlice[]): number {
  return slices.reduce((sum, { records }) => sum + records.length, 0);
}

function halve(slices: readonly LaneSlice[]): [LaneSlice[], LaneSlice[]] {
  const firstHalf: LaneSlice[] = [];
  const secondHalf: LaneSlice[] = [];
  let room = Math.ceil(countRecords(slices) / 2);
  for (const slice of slices) {
    const { records } = slice;
    if (room > 0) firstHalf.push({ ...slice, records: records.slice(0, room) });
    if (records.length > room) secondHalf.push({ ...slice, records: records.slice(room) });
    room = Math.max(0, room - records.length);
  }
  return [firstHalf, secondHalf];
}

function keep(slice: LaneSlice, isKept: (record: LaneSlice['records'][number]) => boolean): LaneSlice[] {
  const records = slice.records.filter(isKept);
  return records.length === 0 ? [] : [{ ...slice, records }];
}
