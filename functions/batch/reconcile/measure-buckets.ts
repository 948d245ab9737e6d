import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { OffsetRanges } from '@tidemark/platform/tidemark';
import type { Presence } from './judge-offsets.ts';
import type { OffsetRange } from './offset-ranges.ts';
import { KIND, type PinnedSources, selectRows } from './row-sources.ts';

/** Offsets of a bucket: what one roaring bitmap's container holds, so that counting distinct ones is cheap and exact. */
export const BUCKET_OFFSETS = 65_536;

/** What the tables hold of one bucket; `rows` and `offsets` (distinct) by table. */
export interface Bucket {
  readonly partition: number;
  /** Holds the offsets from `bucket * BUCKET_OFFSETS`. */
  readonly bucket: number;
  readonly first_offset: number;
  /** In the order of KIND. */
  readonly rows: readonly [lake: number, refused: number, received: number, hot: number, hotRefused: number];
  readonly offsets: readonly [lake: number, refused: number, received: number, hot: number, hotRefused: number];
  /** Distinct offsets of the lake and its records, of the lake and what was received, and of the speed layer. */
  readonly batch_offsets: number;
  readonly valid_offsets: number;
  readonly speed_offsets: number;
  /** 1 where the events, and the dead letters, of both layers have equal counts and hashes. */
  readonly is_alike: 0 | 1;
}

/** Counts and hashes all rows of the ranges in one pass, bucket by bucket: one statement sees every table at once. */
export async function measureBuckets(
  clickhouse: ClickHouse,
  stream: Stream,
  sources: PinnedSources,
  ranges: OffsetRanges,
  belowTidemark: OffsetRanges,
  settings: string,
): Promise<Bucket[]> {
  const of = (kind: number) => `kind = ${kind}`;
  const kinds = Object.values(KIND);
  const compare = (batch: number, speed: number) =>
    `countIf(${of(batch)} AND is_compared) = countIf(${of(speed)} AND is_compared) AND ` +
    `sumIf(hash, ${of(batch)} AND is_compared) = sumIf(hash, ${of(speed)} AND is_compared)`;
  const bitmap = (condition: string) => `groupBitmapIf(toUInt64(offset), ${condition})`;
  const { rows } = await clickhouse.query<Bucket>(
    `SELECT partition, intDiv(offset, ${BUCKET_OFFSETS}) AS bucket, min(offset) AS first_offset,
       [${kinds.map((kind) => `countIf(${of(kind)})`).join(', ')}] AS rows,
       [${kinds.map((kind) => bitmap(of(kind))).join(', ')}] AS offsets,
       ${bitmap(`kind <= ${KIND.received}`)} AS batch_offsets,
       ${bitmap(`kind IN (${KIND.lake}, ${KIND.received})`)} AS valid_offsets,
       ${bitmap(`kind >= ${KIND.hot}`)} AS speed_offsets,
       ${compare(KIND.lake, KIND.hot)} AND ${compare(KIND.refused, KIND.hotRefused)} AS is_alike
     FROM (${selectRows(stream, sources, ranges, belowTidemark)})
     GROUP BY partition, bucket ORDER BY partition, bucket ${settings}`,
  );
  return rows;
}

/** Offsets of which all is alike. */
export interface PresenceRange extends OffsetRange {
  readonly presence: Presence;
}

/** Says of each offset of a range that is in any table in which it is: neighbours that are alike together. */
export async function readPresence(
  clickhouse: ClickHouse,
  stream: Stream,
  sources: PinnedSources,
  { partition, from, to }: OffsetRange & { readonly partition: number },
  tidemark: number,
  settings: string,
): Promise<PresenceRange[]> {
  const ranges = new Map([[partition, { from, to }]]);
  const below = new Map(from < tidemark ? [[partition, { from, to: Math.min(to, tidemark) }]] : []);
  const count = (kind: number) => `least(2, countIf(kind = ${kind}))`;
  const hash = (kind: number) => `sumIf(hash, kind = ${kind})`;
  const differs = (batch: number, speed: number) =>
    `(${count(batch)} = 1 AND ${count(speed)} = 1 AND ${hash(batch)} != ${hash(speed)} AND max(is_compared))`;
  const { rows } = await clickhouse.query<{ from: number; to: number; signature: number[] }>(
    `SELECT min(offset) AS from, max(offset) + 1 AS to, signature FROM (
       SELECT offset, signature, offset - row_number() OVER (PARTITION BY signature ORDER BY offset) AS island FROM (
         SELECT offset, [${Object.values(KIND).map(count).join(', ')},
           ${differs(KIND.lake, KIND.hot)} OR ${differs(KIND.refused, KIND.hotRefused)},
           maxIf(is_compared, kind IN (${KIND.lake}, ${KIND.refused}))] AS signature
         FROM (${selectRows(stream, sources, ranges, below)}) GROUP BY offset))
     GROUP BY signature, island ORDER BY from ${settings}`,
  );
  return rows.map((row) => ({ from: row.from, to: row.to, presence: toPresence(row.signature) }));
}

function toPresence([lake = 0, refused = 0, received = 0, hot = 0, hotRefused = 0, differs, expected]: number[]) {
  return { lake, refused, received, hot, hotRefused, isDifferent: differs === 1, isExpectedHot: expected === 1 };
}
