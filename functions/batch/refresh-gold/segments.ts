import type { Gold } from '@tidemark/domains/domain';
import type { ClickHouse } from '@tidemark/platform/clickhouse';

/** `database.name` of the table that holds the segments. */
export function storageOf({ database, name }: Gold): string {
  return `${database}.${name}_gold`;
}

/** Adds the rows of a SELECT of keys and measures to a segment. */
export async function insertSegment(
  clickhouse: ClickHouse,
  gold: Gold,
  segment: { readonly id: string; readonly firstSnapshot: number; readonly lastSnapshot: number },
  rows: string,
): Promise<void> {
  const columns = [...gold.keys, ...gold.measures.map(({ name }) => name)].join(', ');
  await clickhouse.command(
    `INSERT INTO ${storageOf(gold)} (segment, first_snapshot, last_snapshot, ${columns}) ` +
      `SELECT toUUID('${segment.id}'), ${segment.firstSnapshot}, ${segment.lastSnapshot}, ${columns} FROM (${rows})`,
  );
}

/** SELECT of what several segments hold together, one row per key. */
export function foldSegments(gold: Gold, segments: readonly string[], where = 'true'): string {
  const named = segments.map((segment) => `toUUID('${segment}')`).join(', ') || 'NULL';
  const sums = gold.measures.map(({ name, merge }) => `${merge}(parts.${name}) AS ${name}`).join(', ');
  const keys = gold.keys.join(', ');
  return (
    `SELECT ${keys}, ${sums} FROM ${storageOf(gold)} AS parts ` +
    `WHERE segment IN (${named}) AND (${where}) GROUP BY ${keys}`
  );
}
