import type { Gold } from '@tidemark/domains/domain';
import type { ClickHouse } from '@tidemark/platform/clickhouse';

export interface GoldTrim {
  /** A snapshot below which no view reads. */
  readonly standing: number;
  readonly isDryRun: boolean;
}

/**
 * Deletes the segments of a gold table that no view can name any more: those that folding replaced, and those of
 * refreshes that died. A segment stays while a refresh of the last day names it, or the newest of any definition: older
 * code that is deployed again goes on from there.
 *
 * A segment that is still being made was begun at a snapshot that no floor has passed.
 *
 * @returns how many segments went, or would go
 */
export async function trimGold(gold: Gold, { standing, isDryRun }: GoldTrim, clickhouse: ClickHouse): Promise<number> {
  const storage = `${gold.database}.${gold.name}_gold`;
  const { rows } = await clickhouse.query<{ segment: string }>(
    `SELECT DISTINCT segment FROM ${storage}
     WHERE last_snapshot < {standing:UInt64} AND segment NOT IN (
       SELECT arrayJoin(segments) FROM tidemark.gold_refreshes
       WHERE gold = {gold:String} AND (
         snapshot >= {standing:UInt64} OR refreshed_at > now64(3) - INTERVAL 1 DAY OR
         (definition, generation, snapshot, refreshed_at) IN (${newestOfEachDefinition})))`,
    { standing, gold: gold.name },
  );
  if (rows.length > 0 && !isDryRun) {
    const segments = rows.map(({ segment }) => `toUUID('${segment}')`).join(', ');
    await clickhouse.command(`DELETE FROM ${storage} WHERE segment IN (${segments})`);
  }
  return rows.length;
}

/** What `refresh-gold` looks up. */
const newestOfEachDefinition = `
  SELECT definition, (max((generation, snapshot, refreshed_at)) AS newest).1, newest.2, newest.3
  FROM tidemark.gold_refreshes WHERE gold = {gold:String} GROUP BY definition`;

/** Fewer rows are not worth a mutation. */
const MIN_ROWS = 1000;

/** Deletes the refreshes of over a week ago that nobody looks up and no view shows: they keep its segments. */
export async function trimRefreshes(
  gold: Gold,
  { standing, isDryRun }: GoldTrim,
  clickhouse: ClickHouse,
): Promise<number> {
  const old = `gold = {gold:String} AND snapshot < {standing:UInt64} AND refreshed_at < now64(3) - INTERVAL 7 DAY AND
    (definition, generation, snapshot, refreshed_at) NOT IN (${newestOfEachDefinition})`;
  return deleteMany('tidemark.gold_refreshes', old, { gold: gold.name, standing }, { clickhouse, isDryRun });
}

/** Deletes the publications of over two weeks ago that no view and no removal refers to. */
export async function trimPublications(
  stream: string,
  { standing, isDryRun }: GoldTrim,
  clickhouse: ClickHouse,
): Promise<number> {
  const old = 'stream = {stream:String} AND snapshot < {standing:UInt64} AND published_at < now64(3) - INTERVAL 14 DAY';
  return deleteMany('tidemark.publications', old, { stream, standing }, { clickhouse, isDryRun });
}

async function deleteMany(
  table: string,
  condition: string,
  parameters: Record<string, unknown>,
  { clickhouse, isDryRun }: { clickhouse: ClickHouse; isDryRun: boolean },
): Promise<number> {
  const { rows } = await clickhouse.query<{ found: number }>(
    `SELECT count() AS found FROM ${table} WHERE ${condition}`,
    parameters,
  );
  const found = rows[0]?.found ?? 0;
  if (found < MIN_ROWS) return 0;
  if (!isDryRun) await clickhouse.command(`DELETE FROM ${table} WHERE ${condition}`, parameters);
  return found;
}
