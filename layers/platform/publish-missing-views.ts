import type { ClickHouse } from './clickhouse.ts';
import type { HotStream } from './hot-events.ts';
import { type PublishedGold, pinEmptyLake, publishGold, publishView } from './publication.ts';

/** A stream as the setup sees it. */
export interface PublishedStream {
  readonly stream: HotStream;
  readonly views: readonly { readonly name: string; readonly view: string }[];
  readonly gold: readonly (PublishedGold & { readonly database: string; readonly name: string })[];
}

/**
 * Publishes the views that do not exist yet over an empty lake and the whole hot table, so that every documented name
 * answers from the first moment. Views that exist are left to `compact` and `refresh-gold`.
 */
export async function publishMissingViews(clickhouse: ClickHouse, published: PublishedStream): Promise<void> {
  const { stream, views, gold } = published;
  const { rows } = await clickhouse.query<{ name: string }>(
    "SELECT concat(database, '.', name) AS name FROM system.tables WHERE database IN {databases:Array(String)}",
    { databases: [stream.database, ...gold.map(({ database }) => database)] },
  );
  const existing = new Set(rows.map(({ name }) => name));
  const pin = await pinEmptyLake(clickhouse, stream);
  for (const { name, view } of views)
    if (!existing.has(`${stream.database}.${name}`)) await publishView(clickhouse, view, pin);
  for (const table of gold) {
    if (!existing.has(`${table.database}.${table.name}`)) await publishGold(clickhouse, table, pin, []);
  }
}
