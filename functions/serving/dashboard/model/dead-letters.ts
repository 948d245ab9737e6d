import type { Bytes, DeadLetter, DiscardReport, LetterState, ReplayReport } from './contract.ts';
import { formatCount, formatNoun } from './format.ts';

const PAGE_ROWS = 10;
const DUMP_WIDTH = 16;
/** What is shown of a value; the API's own answer has all of it. */
const MAX_SHOWN = 16_384;

/** Which dead letters the list shows. Empty is any. */
export interface LetterChoice {
  stream: string;
  reason: string;
  state: LetterState | 'all';
  /** Of the page; empty for the first. */
  cursor: string;
}

/** Which dead letters an action is about, in the words of the API. */
export interface LetterScope {
  stream: string;
  reason?: string;
  partition?: number;
  from_offset?: number;
  /** Exclusive. */
  to_offset?: number;
}

export function toListParameters({ stream, reason, state, cursor }: LetterChoice): Record<string, string | number> {
  return {
    state,
    limit: PAGE_ROWS,
    ...(stream === '' ? {} : { stream }),
    ...(reason === '' ? {} : { reason }),
    ...(cursor === '' ? {} : { cursor }),
  };
}

/** What stands in place of a list without a row. */
export function describeEmptyList({ stream, reason, state }: LetterChoice): { title: string; hint: string } {
  const of = stream === '' ? '' : ` of ${stream}`;
  if (reason === '' && state === 'all') {
    return { title: 'No refused records', hint: `One${of} that cannot be stored would stand here, with its bytes.` };
  }
  if (reason === '' && state === 'open') {
    return { title: 'Nothing to do', hint: `No refused record${of} waits to be replayed or discarded.` };
  }
  return { title: 'No such dead letter', hint: 'Choose another reason or state above, or another stream.' };
}

/** The scope of everything that the list's choice lets pass; without a stream there is no such action. */
export function toScope({ stream, reason }: LetterChoice): LetterScope | undefined {
  if (stream === '') return undefined;
  return reason === '' ? { stream } : { stream, reason };
}

/** The scope of one dead letter. */
export function scopeOf({
  stream,
  partition,
  offset,
}: Pick<DeadLetter, 'stream' | 'partition' | 'offset'>): LetterScope {
  return { stream, partition, from_offset: offset, to_offset: offset + 1 };
}

/** The address of one dead letter in the API, relative. */
export function pathOf({ stream, partition, offset }: Pick<DeadLetter, 'stream' | 'partition' | 'offset'>): string {
  return `v1/dead-letters/${encodeURIComponent(stream)}/${partition}/${offset}`;
}

/** The same as a command for the shell. None of the values can hold a quote: they are names and numbers. */
export function toCommand(action: 'replay' | 'discard', scope: LetterScope): string {
  const request = action === 'replay' ? { ...scope, dryRun: true } : { ...scope, comment: 'why', dryRun: true };
  return `npm run invoke -- ${action}DeadLetters --data '${JSON.stringify(request)}'`;
}

/** Bytes to look at: the text as it was sent, or a dump where it is none. */
export function describeBytes(bytes: Bytes | null): { text: string; note: string } {
  if (bytes === null) return { text: '', note: 'none' };
  const size = Math.floor((bytes.base64.replace(/=+$/, '').length * 3) / 4);
  const text = bytes.text ?? dumpBytes(bytes.base64);
  const kind = bytes.text === null ? 'not UTF-8' : 'UTF-8';
  const cut = text.length > MAX_SHOWN ? ', the beginning' : '';
  return { text: text.slice(0, MAX_SHOWN), note: `${formatNoun(size, 'byte')}, ${kind}${cut}` };
}

/** What a replay did, or would do. */
export function describeReplay(report: ReplayReport): string {
  const reasons = Object.entries(report.still_invalid).map(([reason, records]) => `${reason} ${formatCount(records)}`);
  const verb = report.dry_run ? 'would be replayed' : replayedVerb(report.replayed);
  const refused = reasons.length === 0 ? '' : ` Still refused: ${reasons.join(', ')}.`;
  return `${formatCount(report.replayed)} of ${formatNoun(report.examined, 'dead letter')} ${verb}.${refused}${describeRest(report)}`;
}

/** What a discarding did, or would do. */
export function describeDiscard(report: DiscardReport): string {
  const verb = report.dry_run ? 'would be discarded' : report.discarded === 1 ? 'is discarded' : 'are discarded';
  return `${formatNoun(report.discarded, 'dead letter')} ${verb}.${describeRest(report)}`;
}

function replayedVerb(records: number): string {
  return records === 1 ? 'is in the topic again' : 'are in the topic again';
}

function describeRest({ is_complete: isComplete }: { is_complete: boolean }): string {
  return isComplete ? '' : ' There are more.';
}

/** "00000000  7b 22 … 0a  {"…." for each sixteen bytes. */
function dumpBytes(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const lines: string[] = [];
  for (let start = 0; start < bytes.length && start < MAX_SHOWN / 4; start += DUMP_WIDTH) {
    const row = [...bytes.subarray(start, start + DUMP_WIDTH)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(8, '0')}  ${hex.padEnd(DUMP_WIDTH * 3 - 1)}  ${text}`);
  }
  return lines.join('\n');
}
