/** Per partition, the first offset that the lake does not hold. */
export type Tidemark = ReadonlyMap<number, number>;

/** Per partition, offsets from `from` (inclusive) to `to` (exclusive). */
export type OffsetRanges = ReadonlyMap<number, { readonly from: number; readonly to: number }>;

/**
 * The hot rows that the lake does not hold, as a condition on `_partition` and `_offset`. It is written out per
 * partition, because only then ClickHouse prunes by partition and index; a partition that the tidemark does not know
 * (added later) is in.
 */
export function hotTailCondition(tidemark: Tidemark): string {
  if (tidemark.size === 0) return 'true';
  const known = [...tidemark.keys()].join(', ');
  const above = [...tidemark].map(([partition, offset]) => `(_partition = ${partition} AND _offset >= ${offset})`);
  return `(${above.join(' OR ')} OR _partition NOT IN (${known}))`;
}

/**
 * What the lake holds, as a condition on `_partition` and `_offset`: the opposite of `hotTailCondition`. It is for rows of
 * which few are above the tidemark: no index can use it, and planning does not spend 2 ms on trying.
 */
export function belowTidemarkCondition(tidemark: Tidemark): string {
  if (tidemark.size === 0) return 'false';
  const partitions = [...tidemark.keys()].join(', ');
  return `_offset < transform(_partition, [${partitions}], [${[...tidemark.values()].join(', ')}], 0)`;
}

/** The rows of the ranges, as a condition on `_partition` and `_offset`. */
export function rangesCondition(ranges: OffsetRanges): string {
  if (ranges.size === 0) return 'false';
  const parts = [...ranges].map(
    ([partition, { from, to }]) => `(_partition = ${partition} AND _offset >= ${from} AND _offset < ${to})`,
  );
  return `(${parts.join(' OR ')})`;
}

/** What lies between two tidemarks. A partition that the first does not know is taken from its first offset. */
export function rangesBetween(from: Tidemark, to: Tidemark): OffsetRanges {
  const ranges = [...to].map(([partition, end]) => [partition, { from: from.get(partition) ?? 0, to: end }] as const);
  return new Map(ranges.filter(([, range]) => range.from < range.to));
}

/** `{"0":12,"1":7}`, as snapshots' summaries and function payloads write it. */
export function formatTidemark(tidemark: Tidemark): string {
  return JSON.stringify(Object.fromEntries(tidemark));
}

export function parseTidemark(json: string | undefined): Tidemark {
  const entries = Object.entries(JSON.parse(json ?? '{}') as Record<string, number>);
  return new Map(entries.map(([partition, offset]) => [Number(partition), offset]));
}
