import type { CommittedMessage } from '@tidemark/platform/kafka/aborted-transactions';
import { createMessage } from './records.ts';

/** The log of one partition: the filter drops every third record, and every eleventh is too large for an event. */
export class ModelPartition {
  /** Offset after the last record. */
  end = 0;
  readonly #maxEventBytes: number;
  readonly #producedAtMs = new Map<number, number>();

  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes;
  }

  /** Offsets that the function has to get. */
  get wanted(): number[] {
    return [...this.#producedAtMs.keys()].filter(isWanted);
  }

  append(count: number, gap: number): void {
    for (let i = 0; i < count; i += 1) this.#producedAtMs.set(this.end + gap + i, Date.now());
    this.end += gap + count;
  }

  /** Offsets of the first records from an offset on. */
  read(from: number, count: number): number[] {
    return [...this.#producedAtMs.keys()].filter((offset) => offset >= from).slice(0, count);
  }

  message(offset: number): CommittedMessage {
    const padding = offset % 11 === 7 ? 'x'.repeat(this.#maxEventBytes) : '';
    const value = JSON.stringify({ isWanted: isWanted(offset), padding });
    return { ...createMessage(offset, value), timestamp: String(this.#producedAtMs.get(offset)) };
  }

  ageMs(offset: number): number {
    return Date.now() - (this.#producedAtMs.get(offset) ?? 0);
  }
}

/** For `isWanted`. */
export const FILTER_PATTERN = JSON.stringify({ value: { isWanted: [true] } });

export function isWanted(offset: number): boolean {
  return offset % 3 !== 2;
}
