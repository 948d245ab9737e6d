import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { dropAbandoned } from '../drop-abandoned.ts';

/** A rebuild runs for a quarter of an hour at most. */
const ABANDONED_AFTER_HOURS = 1;

/** What the names of tables begin with that a rebuild fills before one of them becomes the hot table. */
export function rebuiltPrefix({ hotTable }: Stream): string {
  return `${hotTable}_rebuilt_`;
}

/** Drops what rebuilds left behind that were killed: such a table may hold what the hot table has no more. */
export async function dropAbandonedRebuilds(stream: Stream, clickhouse: ClickHouse): Promise<void> {
  const { database } = stream;
  await dropAbandoned(clickhouse, { database, prefix: rebuiltPrefix(stream), hours: ABANDONED_AFTER_HOURS });
}

/** How many such tables there are: of a rebuild that is running, or was killed just now. */
export async function countRebuilds(stream: Stream, clickhouse: ClickHouse): Promise<number> {
  const { rows } = await clickhouse.query<{ tables: number }>(
    `SELECT count() AS tables FROM system.tables
     WHERE database = {database:String} AND startsWith(name, {prefix:String})`,
    { database: stream.database, prefix: rebuiltPrefix(stream) },
  );
  return rows[0]?.tables ?? 0;
}
