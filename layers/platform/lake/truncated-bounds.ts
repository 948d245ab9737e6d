import type { LakeType, LakeValue } from './definition.ts';

/** Iceberg's default for `write.metadata.metrics.*`: bounds are of 16 code points or bytes. */
const MAX_BOUND_LENGTH = 16;
const LAST_CODE_POINT = 0x10ffff;

/** A value at or below `min`, short enough for metadata. */
export function truncateLowerBound(type: LakeType, min: NonNullable<LakeValue>): NonNullable<LakeValue> {
  if (type === 'string') return [...takeCodePoints(min as string)].join('');
  if (type === 'binary') return (min as Uint8Array).slice(0, MAX_BOUND_LENGTH);
  return min;
}

/** A value at or above `max`, short enough for metadata; undefined where there is none. */
export function truncateUpperBound(type: LakeType, max: NonNullable<LakeValue>): NonNullable<LakeValue> | undefined {
  if (type === 'string') return truncateTextUp(max as string);
  if (type === 'binary') return truncateBytesUp(max as Uint8Array);
  return max;
}

function truncateTextUp(text: string): string | undefined {
  const kept = takeCodePoints(text);
  if (kept.join('').length === text.length) return kept.join('');
  for (let last = kept.pop(); last !== undefined; last = kept.pop()) {
    const codePoint = last.codePointAt(0) ?? 0;
    if (codePoint < LAST_CODE_POINT) return kept.join('') + String.fromCodePoint(skipSurrogates(codePoint + 1));
  }
  return undefined;
}

function truncateBytesUp(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length <= MAX_BOUND_LENGTH) return bytes;
  const end = bytes.subarray(0, MAX_BOUND_LENGTH).findLastIndex((byte) => byte < 0xff);
  if (end < 0) return undefined;
  // A copy: the slice of a Buffer would share its memory with the row's own bytes.
  const rounded = new Uint8Array(bytes.subarray(0, end + 1));
  rounded[end] = (rounded[end] ?? 0) + 1;
  return rounded;
}

function takeCodePoints(text: string): string[] {
  // Lone surrogates are stored as U+FFFD. A code point takes at most two UTF-16 units.
  return [...text.slice(0, 2 * MAX_BOUND_LENGTH + 1).toWellFormed()].slice(0, MAX_BOUND_LENGTH);
}

function skipSurrogates(codePoint: number): number {
  return codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xe000 : codePoint;
}
