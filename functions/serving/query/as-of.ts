import type { Domain, NamedQuery } from '@tidemark/domains/domain';
import { isInCalendar, NOT_IN_CALENDAR } from '@tidemark/domains/query-parameters';
import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { Problem } from '@tidemark/platform/http';
import { invalidRequest } from '@tidemark/platform/http-input';
import {
  findTables,
  type PinnableView,
  replaceTables,
  selectAtSnapshot,
  withoutComments,
} from '@tidemark/platform/view-at-snapshot';
import type { PublishedSnapshot } from '../completeness/read-publication.ts';

/** Which snapshot is asked for: by its number, or the newest that is kept of those up to a moment. */
export type AsOf = { readonly snapshot: number } | { readonly atMs: number };

/** A snapshot that is kept. */
export interface PastSnapshot extends PublishedSnapshot {
  readonly lakeTable: string;
  readonly rejected: number;
  /** ISO 8601, UTC: from when on the lake showed it. */
  readonly committedAt: string;
}

export const AS_OF_DESCRIPTION =
  'Answer from the lake as it was: a moment (UTC) or `snapshot:<number>`. What the lake held at each full hour is kept ' +
  'for a week; a moment means the newest of these that is not later. No hot rows.';

const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/;

/** @throws Problem 400 where it is neither, or in the future */
export function parseAsOf(text: string, nowMs: number): AsOf {
  const [, digits] = /^snapshot:([1-9]\d{0,14})$/.exec(text) ?? [];
  if (digits !== undefined) return { snapshot: Number(digits) };
  if (!MOMENT.test(text)) {
    throw invalidAsOf('must be a UTC time, 2026-11-20T10:00:00Z or 2026-11-20, or snapshot:<number>');
  }
  if (!isInCalendar(text)) throw invalidAsOf(NOT_IN_CALENDAR);
  const atMs = Date.parse(text);
  if (atMs > nowMs) throw invalidAsOf('must not be in the future');
  return { atMs };
}

interface SnapshotRow {
  readonly snapshot: number;
  readonly committed_at: string;
  readonly lake_table: string;
  readonly tidemark: Record<string, number>;
  readonly historical_through: string | null;
  readonly stored: number;
  readonly rejected: number;
  readonly open_gaps: number;
  readonly is_readable: boolean;
}

/** @throws Problem 410 where it is no longer kept, 404 where there never was one */
export async function findPastSnapshot(
  clickhouse: ClickHouse,
  stream: string,
  asOf: AsOf,
  newest: number,
): Promise<PastSnapshot> {
  const isMoment = 'atMs' in asOf;
  const { rows } = await clickhouse.query<SnapshotRow>(
    `SELECT snapshot, committed_at, lake_table, tidemark, historical_through, stored, rejected, open_gaps, is_readable
     FROM tidemark.lake_snapshots FINAL
     WHERE stream = {stream:String} AND ${
       isMoment ? 'committed_at <= fromUnixTimestamp64Milli({wanted:Int64})' : 'snapshot = {wanted:Int64}'
     }
     ORDER BY snapshot DESC LIMIT 1`,
    { stream, wanted: isMoment ? asOf.atMs : asOf.snapshot },
  );
  const row = rows[0];
  if (row === undefined) {
    if (!isMoment && asOf.snapshot <= newest) throw gone(`Snapshot ${asOf.snapshot} is not kept`);
    throw new Problem(404, 'No such snapshot', `The lake of ${stream} has kept no snapshot for this as_of.`);
  }
  if (!row.is_readable) throw gone(`Snapshot ${row.snapshot} is no longer kept`);
  return {
    snapshot: row.snapshot,
    tidemark: new Map(Object.entries(row.tidemark).map(([partition, offset]) => [Number(partition), offset])),
    historicalThrough: row.historical_through,
    stored: row.stored,
    rejected: row.rejected,
    openGaps: row.open_gaps,
    lakeTable: row.lake_table,
    committedAt: row.committed_at,
  };
}

/** Says whether a query reads nothing that only the hot table knows. */
export function supportsAsOf({ sql }: NamedQuery, domains: readonly Domain[]): boolean {
  const hot = new Set(domains.flatMap(({ streams }) => streams.map(({ stream }) => hotTableOf(stream))));
  return findTables(sql).every((table) => !hot.has(table));
}

/** The parameter `as_of` of a query. @throws Problem 400 where the query has none, or the text says none */
export function readAsOf(text: string, query: NamedQuery, domains: readonly Domain[], nowMs: number): AsOf {
  if (supportsAsOf(query, domains)) return parseAsOf(text, nowMs);
  throw invalidAsOf(`is no parameter of ${query.name}: it reads a hot table, which the lake does not have`);
}

/** How deep views may lie on each other. */
const MAX_DEPTH = 5;

/**
 * The query's SQL over one snapshot: each published view is replaced by what it would be over that snapshot alone; a view
 * on such views is followed down to them.
 *
 * @throws Problem 400 where the query reads anything else
 */
export async function pinQuery(
  query: NamedQuery,
  past: PastSnapshot,
  domains: readonly Domain[],
  clickhouse: ClickHouse,
): Promise<string> {
  const published = listPublished(query, domains);
  const pin = async (sql: string, depth: number): Promise<string> => {
    const selects = new Map<string, string>();
    for (const table of findTables(sql)) {
      const view = published.views.get(table);
      const own = view && selectAtSnapshot(view, { ...past, stream: published.stream });
      selects.set(table, own ?? (await pin(await readView(query, table, depth, clickhouse), depth + 1)));
    }
    return replaceTables(withoutComments(sql), (table) => selects.get(table) ?? table);
  };
  return pin(query.sql, 0);
}

/** The published views of the query's stream; others would be of another snapshot. */
function listPublished(query: NamedQuery, domains: readonly Domain[]) {
  const declaration = domains.flatMap(({ streams }) => streams).find(({ stream }) => stream.name === query.stream);
  if (declaration === undefined) throw new Error(`query ${query.name} names an unknown stream`);
  const { stream, views, gold } = declaration;
  const pinnable: PinnableView[] = [
    ...views.map(({ name, view }) => ({ name: `${stream.database}.${name}`, template: view })),
    ...gold.map(({ database, name, view, contribution }) => {
      return { name: `${database}.${name}`, template: view, contribution };
    }),
  ];
  return { stream, views: new Map(pinnable.map((view) => [view.name, view])) };
}

async function readView(query: NamedQuery, table: string, depth: number, clickhouse: ClickHouse): Promise<string> {
  const { rows } = await clickhouse.query<{ as_select: string }>(
    `SELECT as_select FROM system.tables
     WHERE concat(database, '.', name) = {table:String} AND engine = 'View' AND as_select != ''`,
    { table },
  );
  const select = rows[0]?.as_select;
  if (select !== undefined && depth < MAX_DEPTH) return select;
  throw invalidAsOf(`is no parameter of ${query.name}: it reads ${table}, which the lake does not have`);
}

function hotTableOf({ database, hotTable }: Stream): string {
  return `${database}.${hotTable}`;
}

function gone(detail: string): Problem {
  const kept = 'The lake keeps what it held at each full hour for a limited time; see tidemark.lake_snapshots.';
  return new Problem(410, 'Snapshot gone', `${detail}. ${kept}`);
}

function invalidAsOf(message: string): Problem {
  return invalidRequest([{ field: 'as_of', message }]);
}
