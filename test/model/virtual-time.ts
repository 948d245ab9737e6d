import type { ClickHouse } from '../../layers/platform/clickhouse.ts';

/** Columns that ClickHouse fills with its own clock where nobody gives them. */
const MOMENTS: Readonly<Record<string, string>> = {
  'tidemark.snapshot_floors': 'raised_at',
  'tidemark.gold_refreshes': 'refreshed_at',
  'tidemark.publications': 'published_at',
};

/** A ClickHouse whose clock is the history's, as far as the product looks at it: a history of weeks runs in seconds. */
export function atVirtualTime(clickhouse: ClickHouse, clock: () => number): ClickHouse {
  const atClock = (sql: string) => sql.replaceAll('now64(3)', `fromUnixTimestamp64Milli(toInt64(${clock()}), 'UTC')`);
  return {
    ...clickhouse,
    query: (sql, params) => clickhouse.query(atClock(sql), params),
    command: (sql, params) => clickhouse.command(sql.startsWith('CREATE TABLE') ? sql : atClock(sql), params),
    insert: (table, columns, rows) => {
      const moment = MOMENTS[table];
      if (moment === undefined) return clickhouse.insert(table, columns, rows);
      const dated = rows.map((row) => [...row, clock()]);
      return clickhouse.insert(table, [...columns, moment], dated);
    },
  };
}
