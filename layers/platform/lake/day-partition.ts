import type { LakeRows, LakeValue, LakeVector } from './definition.ts';

/** The rows of one UTC day. */
export interface DayOfRows {
  /** Days since 1970-01-01, negative before: the value of Iceberg's `day` transform. */
  day: number;
  rows: LakeRows;
}

const MICROS_PER_DAY = 86_400_000_000;
const MILLIS_PER_DAY = 86_400_000;

/** Splits rows by the UTC day of a timestamp column, days ascending, the order of rows kept within each. */
export function splitByDay(rows: LakeRows, timestampColumn: string): DayOfRows[] {
  const days = computeDays(rows[timestampColumn] ?? []);
  const rowsOfDay = groupRows(days);
  if (rowsOfDay.size === 1) return [...rowsOfDay.keys()].map((day) => ({ day, rows }));
  return [...rowsOfDay]
    .sort(([a], [b]) => a - b)
    .map(([day, indexes]) => ({
      day,
      rows: Object.fromEntries(Object.entries(rows).map(([name, vector]) => [name, takeRows(vector, indexes)])),
    }));
}

/** `2024-02-29`, as partition paths spell a day. */
export function formatDay(day: number): string {
  return new Date(day * MILLIS_PER_DAY).toISOString().replace(/T.*/, '');
}

/** Iceberg's `day` transform of microseconds since 1970: whole days, rounded down. */
export function dayOf(micros: bigint): number {
  const perDay = BigInt(MICROS_PER_DAY);
  const day = micros / perDay;
  return Number(micros < 0n && day * perDay !== micros ? day - 1n : day);
}

function computeDays(timestamps: LakeVector): Int32Array {
  const days = new Int32Array(timestamps.length);
  if (!(timestamps instanceof BigInt64Array)) {
    for (let row = 0; row < days.length; row += 1) days[row] = dayOf(timestamps[row] as bigint);
    return days;
  }
  // As two halves, since BigInt division costs ten times as much; exact as long as the sum is a safe integer.
  const halves = new Int32Array(timestamps.buffer, timestamps.byteOffset, timestamps.length * 2);
  for (let row = 0; row < days.length; row += 1) {
    const micros = (halves[row * 2 + 1] ?? 0) * 2 ** 32 + ((halves[row * 2] ?? 0) >>> 0);
    days[row] = Number.isSafeInteger(micros) ? Math.floor(micros / MICROS_PER_DAY) : dayOf(timestamps[row] ?? 0n);
  }
  return days;
}

function groupRows(days: Int32Array): Map<number, Uint32Array> {
  const counts = new Map<number, number>();
  for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
  const groups = new Map([...counts].map(([day, count]) => [day, new Uint32Array(count)]));
  if (groups.size === 1) return groups;

  const filled = new Map<number, number>();
  for (let row = 0; row < days.length; row += 1) {
    const day = days[row] ?? 0;
    const at = filled.get(day) ?? 0;
    (groups.get(day) as Uint32Array)[at] = row;
    filled.set(day, at + 1);
  }
  return groups;
}

function takeRows(vector: LakeVector, indexes: Uint32Array): LakeVector {
  if (vector instanceof Int32Array) return copyRows(vector, indexes, new Int32Array(indexes.length));
  if (vector instanceof BigInt64Array) return copyRows(vector, indexes, new BigInt64Array(indexes.length));
  if (vector instanceof Float64Array) return copyRows(vector, indexes, new Float64Array(indexes.length));
  return copyRows<LakeValue, LakeValue[]>(vector, indexes, new Array<LakeValue>(indexes.length));
}

function copyRows<V, T extends { [row: number]: V }>(from: { readonly [row: number]: V }, rows: Uint32Array, to: T): T {
  for (let at = 0; at < rows.length; at += 1)
    to[at as keyof T & number] = from[rows[at] as number] as T[keyof T & number];
  return to;
}
