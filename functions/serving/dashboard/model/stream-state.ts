import type { StreamStatus } from './contract.ts';
import { formatCount, formatNoun } from './format.ts';
import { sumStreams } from './totals.ts';

/** More than a batch, in records: the trigger falls behind. */
const MAX_WAITING = 10_000;

export type StreamTone = 'good' | 'idle' | 'warn' | 'bad';

/** How a stream stands, in two or three words. */
export interface StreamState {
  tone: StreamTone;
  text: string;
}

/** The worst that is known of it: lost records, then warnings, then lag. */
export function describeStream(stream: StreamStatus): StreamState {
  const { offsets } = sumStreams([stream]);
  if (stream.open_gaps > 0) return { tone: 'bad', text: `${formatCount(stream.open_gaps)} lost` };
  if (offsets === null) return { tone: 'warn', text: 'lag unknown' };
  if (stream.warnings.length > 0) return { tone: 'warn', text: formatNoun(stream.warnings.length, 'warning') };
  if (isBehind(offsets.waiting)) return { tone: 'warn', text: 'behind' };
  if (offsets.inTopics === 0) return { tone: 'idle', text: 'no events' };
  return { tone: 'good', text: 'up to date' };
}

/** Whether so many records wait that the trigger does not keep up. */
export function isBehind(waiting: number): boolean {
  return waiting > MAX_WAITING;
}
