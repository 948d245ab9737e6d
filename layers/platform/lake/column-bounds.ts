import type { LakeType, LakeValue, LakeVector } from './definition.ts';

/** What a range of one column holds; `min` and `max` are absent where every value is null or NaN. */
export interface ColumnBounds {
  valueCount: number;
  nullCount: number;
  nanCount: number;
  min?: NonNullable<LakeValue>;
  max?: NonNullable<LakeValue>;
}

/** Measures rows [from, to) of a column, in the order in which Iceberg and Parquet compare its type. */
export function measureBounds(type: LakeType, vector: LakeVector, from: number, to: number): ColumnBounds {
  if (vector instanceof BigInt64Array || vector instanceof Int32Array) return measureIntegers(vector, from, to);
  return measureValues(type, vector, from, to);
}

/** The bounds of two ranges together. */
export function combineBounds(type: LakeType, left: ColumnBounds, right: ColumnBounds): ColumnBounds {
  const isBefore = chooseOrder(type);
  const min = pickFirst(isBefore, left.min, right.min);
  const max = pickFirst((a, b) => isBefore(b, a), left.max, right.max);
  return {
    valueCount: left.valueCount + right.valueCount,
    nullCount: left.nullCount + right.nullCount,
    nanCount: left.nanCount + right.nanCount,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}

function measureIntegers(vector: BigInt64Array | Int32Array, from: number, to: number): ColumnBounds {
  const counts = { valueCount: to - from, nullCount: 0, nanCount: 0 };
  let min = vector[from];
  let max = min;
  if (min === undefined || max === undefined) return counts;
  for (let row = from + 1; row < to; row += 1) {
    const value = vector[row] as number | bigint;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  return { ...counts, min, max };
}

function measureValues(
  type: LakeType,
  vector: Float64Array | readonly LakeValue[],
  from: number,
  to: number,
): ColumnBounds {
  const isBefore = chooseOrder(type);
  let min: NonNullable<LakeValue> | undefined;
  let max: NonNullable<LakeValue> | undefined;
  let previous: LakeValue;
  let nullCount = 0;
  let nanCount = 0;
  for (let row = from; row < to; row += 1) {
    const value = vector[row];
    if (value === null || value === undefined) nullCount += 1;
    else if (Number.isNaN(value)) nanCount += 1;
    else if (value !== previous) {
      previous = value;
      if (min === undefined || isBefore(value, min)) min = value;
      if (max === undefined || isBefore(max, value)) max = value;
    }
  }
  return {
    valueCount: to - from,
    nullCount,
    nanCount,
    // Zero has two signs that compare equal: the bounds take the wider one.
    ...(min !== undefined && { min: min === 0 ? -0 : min }),
    ...(max !== undefined && { max: max === 0 ? 0 : max }),
  };
}

type IsBefore = (a: NonNullable<LakeValue>, b: NonNullable<LakeValue>) => boolean;

function chooseOrder(type: LakeType): IsBefore {
  if (type === 'string') return (a, b) => isTextBefore(a as string, b as string);
  if (type === 'binary') return (a, b) => Buffer.compare(a as Uint8Array, b as Uint8Array) < 0;
  return (a, b) => a < b;
}

/** JavaScript compares UTF-16 units, the lake UTF-8 bytes: they disagree only from the surrogates upwards. */
const SURROGATE_OR_ABOVE = /[\ud800-\uffff]/;

function isTextBefore(a: string, b: string): boolean {
  if (!SURROGATE_OR_ABOVE.test(a) || !SURROGATE_OR_ABOVE.test(b)) return a < b;
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

function pickFirst<T>(isBefore: (a: T, b: T) => boolean, left: T | undefined, right: T | undefined): T | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return isBefore(right, left) ? right : left;
}
