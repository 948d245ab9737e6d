import type { Meta } from './contract.ts';
import { formatNoun } from './format.ts';
import { formatAgo, formatUtc, parseUtc } from './time.ts';

export type Verdict = 'complete' | 'catching-up' | 'unknown' | 'incomplete' | 'empty';

/** One sentence about how complete an answer is, and what to do if it is not. */
export interface Completeness {
  verdict: Verdict;
  headline: string;
  advice: string;
}

/**
 * A waiting record is younger than `realtime_through`, by how much nobody says: a quiet partition had its last record
 * some seconds ago, and a record waits for the batch window, so a trigger that keeps up stays within this.
 */
const MAX_ON_THE_WAY_MS = 10_000;

/** Lost records outweigh lag: lag passes by itself, a gap does not. */
export function describeCompleteness(meta: Meta, nowMs: number): Completeness {
  if (meta.open_gaps > 0) {
    return {
      verdict: 'incomplete',
      headline: `Incomplete: ${formatNoun(meta.open_gaps, 'record')} lost before they were stored`,
      advice: 'Run npm run reconcile: it names the missing offsets.',
    };
  }
  if (meta.lag_records === null) {
    return {
      verdict: 'unknown',
      headline: 'Kafka does not answer',
      advice: 'What is stored is counted once; how much is waiting is not known.',
    };
  }
  const through = meta.realtime_through ?? meta.historical_through;
  if (meta.lag_records > 0) return describeWaiting(meta.lag_records, through, nowMs);
  if (through === null) {
    return { verdict: 'empty', headline: 'Nothing received yet', advice: 'The topic has no records.' };
  }
  return {
    verdict: 'complete',
    headline: 'Complete: every record is counted once',
    advice: `Up to ${formatUtc(through, nowMs)}, the newest record (${formatAgo(through, nowMs)}).`,
  };
}

/** While events flow, something nearly always waits for the batch window: that alone is no delay. */
function describeWaiting(lagRecords: number, through: string | null, nowMs: number): Completeness {
  const throughMs = through === null ? undefined : parseUtc(through);
  if (throughMs !== undefined && nowMs - throughMs <= MAX_ON_THE_WAY_MS) {
    return {
      verdict: 'complete',
      headline: `Complete but for ${formatNoun(lagRecords, 'record')} on ${lagRecords === 1 ? 'its' : 'their'} way`,
      advice: `Up to ${formatUtc(through, nowMs)} (${formatAgo(through, nowMs)}) every record is counted once.`,
    };
  }
  return {
    verdict: 'catching-up',
    headline: `Catching up: ${formatNoun(lagRecords, 'record')} still to come`,
    advice: 'Counted as soon as the trigger has delivered them.',
  };
}
