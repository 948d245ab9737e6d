import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Tidemark } from '@tidemark/platform/tidemark';
import { countUnrecordedGaps, readReconciliation } from './read-reconciliation.ts';

/** What a published snapshot holds. */
export interface PublishedSnapshot {
  readonly snapshot: number;
  readonly tidemark: Tidemark;
  /** ISO 8601, UTC; null while the lake is empty. */
  readonly historicalThrough: string | null;
  readonly stored: number;
  /** Offsets that are in no table and ought to be. */
  readonly openGaps: number;
}

interface PublicationRow {
  snapshot: number;
  tidemark: Record<string, number>;
  historical_through: string | null;
  stored: number;
  open_gaps: number;
}

const NOTHING_PUBLISHED: PublishedSnapshot = {
  snapshot: 0,
  tidemark: new Map(),
  historicalThrough: null,
  stored: 0,
  openGaps: 0,
};

/** @param snapshot the newest where undefined */
export async function readPublication(
  clickhouse: ClickHouse,
  stream: string,
  snapshot: number | undefined,
): Promise<PublishedSnapshot> {
  const [{ rows }, reconciliation] = await Promise.all([
    queryPublication(clickhouse, stream, snapshot),
    readReconciliation(clickhouse, stream),
  ]);
  const row = rows[0];
  if (row === undefined) return { ...NOTHING_PUBLISHED, openGaps: countUnrecordedGaps(reconciliation, 0) };
  return {
    snapshot: row.snapshot,
    tidemark: new Map(Object.entries(row.tidemark).map(([partition, offset]) => [Number(partition), offset])),
    historicalThrough: row.historical_through,
    stored: row.stored,
    openGaps: row.open_gaps + countUnrecordedGaps(reconciliation, row.snapshot),
  };
}

function queryPublication(clickhouse: ClickHouse, stream: string, snapshot: number | undefined) {
  return clickhouse.query<PublicationRow>(
    `SELECT snapshot, tidemark, historical_through, stored, open_gaps FROM tidemark.publications FINAL
     WHERE stream = {stream:String} AND ({snapshot:Nullable(UInt64)} IS NULL OR snapshot = {snapshot:Nullable(UInt64)})
     ORDER BY snapshot DESC LIMIT 1`,
    { stream, snapshot: snapshot ?? null },
  );
}
