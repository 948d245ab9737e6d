import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Tidemark } from '@tidemark/platform/tidemark';

/** How far a gold table has come, and which of its segments say so. */
export interface Refresh {
  /** Raised by each rebuild: what continues an older one no longer counts, however new its snapshot is. */
  readonly generation: number;
  /** Version of the lake table that the segments hold, 0 before the first refresh. */
  readonly snapshot: number;
  readonly tidemark: Tidemark;
  /** UUIDs, oldest first. */
  readonly segments: readonly string[];
}

/** The newest refresh of a gold table by this definition; an empty one where there is none. */
export async function readNewestRefresh(clickhouse: ClickHouse, gold: string, definition: string): Promise<Refresh> {
  const { rows } = await clickhouse.query<{
    generation: number;
    snapshot: number;
    tidemark: Record<string, number>;
    segments: string[];
  }>(
    `SELECT generation, snapshot, tidemark, segments FROM tidemark.gold_refreshes
     WHERE gold = {gold:String} AND definition = {definition:String}
     ORDER BY generation DESC, snapshot DESC, refreshed_at DESC LIMIT 1`,
    { gold, definition },
  );
  const newest = rows[0];
  if (newest === undefined) return { generation: 0, snapshot: 0, tidemark: new Map(), segments: [] };
  const tidemark = Object.entries(newest.tidemark).map(([partition, offset]) => [Number(partition), offset] as const);
  const { generation, snapshot, segments } = newest;
  return { generation, snapshot, tidemark: new Map(tidemark), segments };
}

/** Whether a refresh has come further than another: a rebuild replaces whatever was before it. */
export function isFurther(a: Refresh, b: Refresh): boolean {
  return a.generation > b.generation || (a.generation === b.generation && a.snapshot > b.snapshot);
}

/** Notes a refresh, after the rows of its segments are stored. */
export async function storeRefresh(
  clickhouse: ClickHouse,
  refresh: Refresh & { readonly gold: string; readonly stream: string; readonly definition: string },
): Promise<void> {
  const { gold, stream, generation, snapshot, tidemark, segments, definition } = refresh;
  await clickhouse.insert(
    'tidemark.gold_refreshes',
    ['gold', 'stream', 'generation', 'snapshot', 'tidemark', 'segments', 'definition'],
    [[gold, stream, generation, snapshot, Object.fromEntries(tidemark), segments, definition]],
  );
}
