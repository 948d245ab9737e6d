import hotEvents from '../../sql/platform/templates/hot_events.sql';
import hotEventsByIdentity from '../../sql/platform/templates/hot_events_by_identity.sql';
import { hashOfId } from './id-hash.ts';
import { renderTemplate } from './render-template.ts';
import { belowTidemarkCondition, hotTailCondition, type Tidemark } from './tidemark.ts';

/** A stream as its hot table is read. */
export interface HotStream {
  readonly name: string;
  readonly database: string;
  readonly hotTable: string;
  readonly columns: readonly { readonly name: string }[];
  /** Where events carry an id that counts once within `horizonMs` of the record timestamp. */
  readonly identity?: { readonly column: string; readonly horizonMs: number };
}

/**
 * A table expression, in parentheses, of each event of the hot tail once: the columns of the stream and `inserted_at`.
 *
 * All its reads of the hot table see the same rows, because ClickHouse takes one snapshot of a table per query
 * (`enable_shared_storage_snapshot_in_query`, on by default since 25.6): a repeat that arrives meanwhile is in neither.
 */
export function hotEventsExpression(stream: HotStream, tidemark: Tidemark): string {
  const { name, database, hotTable, columns, identity } = stream;
  const values = {
    columns: [...columns.map((column) => `\`${column.name}\``), 'inserted_at'].join(', '),
    hot_table: `${database}.${hotTable}`,
    hot_tail: hotTailCondition(tidemark),
  };
  if (identity === undefined) return `(\n${renderTemplate(hotEvents, values)})`;
  const more = {
    id: `\`${identity.column}\``,
    horizon_ms: String(identity.horizonMs),
    id_hash: hashOfId(`toString(\`${identity.column}\`)`),
    stream: name,
    below_tidemark: belowTidemarkCondition(tidemark),
  };
  return `(\n${renderTemplate(hotEventsByIdentity, { ...values, ...more })})`;
}
