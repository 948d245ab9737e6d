import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { type PinnableVersion, pinLakeTable } from '@tidemark/platform/publication';
import { dropAbandoned } from '../drop-abandoned.ts';

/** Left behind by a run that was killed: no run takes so long. */
const ABANDONED_AFTER_HOURS = 24;

/**
 * Reads lake versions through pinned tables of its own, which nobody else drops meanwhile, and drops them at the end.
 *
 * @param runId tells the tables of several runs apart
 */
export async function withPinned<T>(
  clickhouse: ClickHouse,
  runId: string,
  versions: readonly PinnableVersion[],
  read: (tables: readonly string[]) => Promise<T>,
): Promise<T> {
  await dropAbandoned(clickhouse, { database: 'lake', prefix: PREFIX, hours: ABANDONED_AFTER_HOURS });
  const tables: string[] = [];
  try {
    const name = `${PREFIX}${runId.replaceAll('-', '').slice(0, 12)}`;
    for (const version of versions) tables.push(await pinLakeTable(clickhouse, name, version));
    return await read(tables);
  } finally {
    for (const table of tables) await clickhouse.command(`DROP TABLE IF EXISTS ${table}`);
  }
}

const PREFIX = 'reading_';
