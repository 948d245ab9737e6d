import type { Meta } from './contract.ts';
import { formatNoun } from './format.ts';
import { formatAgo, formatUtc } from './time.ts';

export type Verdict = 'complete' | 'catching-up' | 'unknown' | 'incomplete' | 'empty';

/** One sentence about how complete an answer is, and what to do if it is not. */
export interface Completeness {
  verdict: Verdict;
  headline: string;
  advice: string;
}

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
  if (meta.lag_records > 0) {
    return {
      verdict: 'catching-up',
      headline: `Catching up: ${formatNoun(meta.lag_records, 'record')} still to come`,
      advice: 'Counted as soon as the trigger has delivered them.',
    };
  }
  const through = meta.realtime_through ?? meta.historical_through;
  if (through === null) {
    return { verdict: 'empty', headline: 'Nothing received yet', advice: 'The topic has no records.' };
  }
  return {
    verdict: 'complete',
    headline: 'Complete: every record is counted once',
    advice: `Up to ${formatUtc(through, nowMs)}, the newest record (${formatAgo(through, nowMs)}).`,
  };
}
