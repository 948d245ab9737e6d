import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { OffsetRange } from './offset-ranges.ts';
import type { PinnedSources } from './row-sources.ts';

/**
 * Finds the valid records of a bronze table whose id no event of the lake has: they were lost from there. Asked only
 * where the counts say that there are such, because it holds all ids in memory.
 */
export async function findUncounted(
  clickhouse: ClickHouse,
  { identity }: Stream,
  { events, records }: PinnedSources,
  { partition, tidemark }: { readonly partition: number; readonly tidemark: number },
  settings: string,
): Promise<OffsetRange[]> {
  if (identity === undefined) return [];
  const { rows } = await clickhouse.query<OffsetRange>(
    `SELECT min(offset) AS from, max(offset) + 1 AS to FROM (
       SELECT _offset AS offset, _offset - row_number() OVER (ORDER BY _offset) AS island FROM ${records}
       WHERE _partition = ${partition} AND _offset < ${tidemark} AND verdict = 'valid'
         AND event_id NOT IN (SELECT ${identity.column} FROM ${events}))
     GROUP BY island ORDER BY from ${settings}`,
  );
  return rows;
}
