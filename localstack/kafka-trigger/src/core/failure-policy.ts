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

/** Records that are delivered together, and how often that has failed. */
export interface Portion {
  slices: readonly LaneSlice[];
  failures: number;
}

/** What comes next for a portion that failed; `next` in order of delivery. */
export type Decision =
  | { kind: 'retry'; next: readonly Portion[]; delayMs: number }
  | { kind: 'discard'; reason: 'retries exhausted' };

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** Decides about a portion that has just failed. Halving it does not count as a retry. */
export function decideAfterFailure({ slices, failures }: Portion, policy: FailurePolicy): Decision {
  const failuresNow = failures + 1;
  if (policy.bisects && countRecords(slices) > 1) {
    const next = halve(slices).map((half) => ({ slices: half, failures }));
    return { kind: 'retry', next, delayMs: FIRST_DELAY_MS };
  }
  if (failuresNow > policy.maxRetries) return { kind: 'discard', reason: 'retries exhausted' };
  return { kind: 'retry', next: [{ slices, failures: failuresNow }], delayMs: retryDelayMs(failuresNow) };
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
