import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Tidemark } from '@tidemark/platform/tidemark';

/** How far a gold table has come, and which of its segments say so. */
export interface Refresh {
  /** Version of the lake table that the segments hold, 0 before the first refresh. */
  readonly snapshot: number;
  readonly tidemark: Tidemark;
  /** UUIDs, oldest first. */
  readonly segments: readonly string[];
}

/** The newest refresh of a gold table by this definition; an empty one where there is none. */
export async function readNewestRefresh(clickhouse: ClickHouse, gold: string, definition: string): Promise<Refresh> {
  const { rows } = await clickhouse.query<{ snapshot: number; tidemark: Record<string, number>; segments: string[] }>(
    `SELECT snapshot, tidemark, segments FROM tidemark.gold_refreshes
     WHERE gold = {gold:String} AND definition = {definition:String}
     ORDER BY snapshot DESC, refreshed_at DESC LIMIT 1`,
    { gold, definition },
  );
  const newest = rows[0];
  if (newest === undefined) return { snapshot: 0, tidemark: new Map(), segments: [] };
  const tidemark = Object.entries(newest.tidemark).map(([partition, offset]) => [Number(partition), offset] as const);
  return { snapshot: newest.snapshot, tidemark: new Map(tidemark), segments: newest.segments };
}

/** Notes a refresh, after the rows of its segments are stored. */
export async function storeRefresh(
  clickhouse: ClickHouse,
  refresh: Refresh & { readonly gold: string; readonly stream: string; readonly definition: string },
): Promise<void> {
  const { gold, stream, snapshot, tidemark, segments, definition } = refresh;
  await clickhouse.insert(
    'tidemark.gold_refreshes',
    ['gold', 'stream', 'snapshot', 'tidemark', 'segments', 'definition'],
    [[gold, stream, snapshot, Object.fromEntries(tidemark), segments, definition]],
  );
}
