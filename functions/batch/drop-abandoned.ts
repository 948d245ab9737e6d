import type { ClickHouse } from '@tidemark/platform/clickhouse';

/** Tables that a run makes for itself and removes at its end. */
export interface OwnTables {
  readonly database: string;
  readonly prefix: string;
  /** Longer than any run that makes them: older ones are of a run that was killed. */
  readonly hours: number;
}

export async function dropAbandoned(clickhouse: ClickHouse, { database, prefix, hours }: OwnTables): Promise<void> {
  const { rows } = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database:String} AND startsWith(name, {prefix:String})
       AND metadata_modification_time < now() - INTERVAL {hours:UInt32} HOUR`,
    { database, prefix, hours },
  );
  for (const { name } of rows) await clickhouse.command(`DROP TABLE IF EXISTS ${database}.${name}`);
}
