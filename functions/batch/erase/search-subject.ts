import { createEraser, hashSubject, KEY_COLUMN, POSITION_COLUMN } from '@tidemark/domains/erasure';
import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { type StoredErasure, selectErasedPositions } from '@tidemark/platform/erasures';
import type { LakeRows, LakeValue } from '@tidemark/platform/lake/definition';
import { rangesCondition } from '@tidemark/platform/tidemark';
import { type ErasureTables, openTables, type TableDependencies } from './open-tables.ts';

/** Says of a row of a lake table whether it is to go. */
export type IsErased = (rows: LakeRows, row: number) => boolean;

/** `partition:offset` of records that an erasure has. */
export type Positions = ReadonlySet<string>;

/** Rows of the events' table: by the subject's column, or by position where that is known. */
export function matchEvents({ column, salt, subjectHash, ends }: StoredErasure, known: Positions): IsErased {
  return (rows, row) => {
    if (known.has(positionOf(rows, row))) return true;
    if (column === KEY_COLUMN || column === POSITION_COLUMN || !isBelow(rows, row, ends)) return false;
    const value = rows[column]?.[row];
    return value !== null && value !== undefined && hashSubject(salt, String(value)) === subjectHash;
  };
}

/** Rows of the table that keeps records as received: judged by their bytes, as readers of Kafka do. */
export function matchRecords(stream: Stream, erasure: StoredErasure, known: Positions): IsErased {
  const findErasure = createEraser(stream, [erasure]);
  return (rows, row) => {
    if (known.has(positionOf(rows, row))) return true;
    const partition = Number(rows._partition?.[row]);
    const offset = Number(rows._offset?.[row]);
    const bytes = { key: toBuffer(rows.key?.[row]), value: toBuffer(rows.value?.[row]) };
    const headers = readHeaders(rows.headers?.[row]);
    return findErasure({ topic: stream.topic, partition, offset, ...bytes, headers }) !== undefined;
  };
}

export function positionOf(rows: LakeRows, row: number): string {
  return `${rows._partition?.[row]}:${rows._offset?.[row]}`;
}

/** The positions that are noted for an erasure. */
export async function readKnownPositions(clickhouse: ClickHouse, { id, stream }: StoredErasure): Promise<Positions> {
  const { rows } = await clickhouse.query<{ position: string }>(
    `SELECT DISTINCT concat(toString(_partition), ':', toString(_offset)) AS position FROM tidemark.erased_positions
     WHERE stream = {stream:String} AND erasure_id = {id:String}`,
    { stream, id },
  );
  return new Set(rows.map(({ position }) => position));
}

/**
 * Condition on a table with `_partition` and `_offset`: the rows that any erasure of the stream has by position, or this
 * one by the hash of the column.
 *
 * @param column the table's column that may hold the subject; undefined where it has none
 */
export function erasedCondition(
  { stream, salt, subjectHash, ends }: StoredErasure,
  column: string | undefined,
): string {
  const byPosition = `(toInt32(_partition), toInt64(_offset)) IN (${selectErasedPositions(stream)})`;
  if (column === undefined) return byPosition;
  const below = rangesCondition(new Map([...ends].map(([partition, to]) => [partition, { from: 0, to }])));
  const hash = `lower(hex(SHA256(concat('${salt}', ifNull(toString(${column}), '')))))`;
  return `(${byPosition} OR (${below} AND isNotNull(${column}) AND ${hash} = '${subjectHash}'))`;
}

/** The subject's column in the hot table, and in the dead letters: undefined where they have none. */
export function columnsOf({ column }: StoredErasure): { hot: string | undefined; deadLetters: string | undefined } {
  if (column === KEY_COLUMN) return { hot: undefined, deadLetters: 'key' };
  return { hot: column === POSITION_COLUMN ? undefined : column, deadLetters: undefined };
}

/** Counts what an erasure would find now, place by place; it need not be stored. */
export async function countAffected(
  stream: Stream,
  erasure: StoredErasure,
  deps: TableDependencies & { readonly clickhouse: ClickHouse },
): Promise<Record<string, number>> {
  const tables = await openTables(stream, deps);
  const wanted = new Set(erasure.positions.map(([partition, offset]) => `${partition}:${offset}`));
  const columns = columnsOf(erasure);
  const inList = erasure.positions.map(([partition, offset]) => `(${partition}, ${offset})`).join(', ');
  const count = async (table: string, column: string | undefined, more = 'true') => {
    const listed = inList === '' ? 'false' : `(toInt32(_partition), toInt64(_offset)) IN (${inList})`;
    const condition = column === undefined ? listed : erasedCondition(erasure, column);
    const { rows } = await deps.clickhouse.query<{ found: number }>(
      `SELECT count() AS found FROM ${table} FINAL WHERE ${more} AND ${condition}`,
    );
    return rows[0]?.found ?? 0;
  };
  return {
    ...(await countInLake(stream, erasure, wanted, tables)),
    hot: await count(`${stream.database}.${stream.hotTable}`, columns.hot),
    dead_letters: await count('tidemark.dead_letters', columns.deadLetters, `stream = '${stream.name}'`),
  };
}

/** Rows of both lake tables' newest versions that an erasure has. */
export async function countInLake(
  stream: Stream,
  erasure: StoredErasure,
  known: Positions,
  { events, records }: ErasureTables,
): Promise<{ lake_events: number; lake_records: number }> {
  const count = async (table: ErasureTables['events'], isErased: IsErased) => {
    let found = 0;
    const search = { base: await table.load(), isErased };
    for await (const { erased } of table.findTouchedFiles(search)) found += erased.length;
    return found;
  };
  return {
    lake_events: await count(events, matchEvents(erasure, known)),
    lake_records: await count(records, matchRecords(stream, erasure, known)),
  };
}

function isBelow(rows: LakeRows, row: number, ends: StoredErasure['ends']): boolean {
  return Number(rows._offset?.[row]) < (ends.get(Number(rows._partition?.[row])) ?? 0);
}

function toBuffer(value: LakeValue): Buffer | null {
  return value instanceof Uint8Array ? Buffer.from(value) : null;
}

function readHeaders(value: LakeValue): readonly (readonly [string, Buffer | null])[] {
  const pairs = JSON.parse(String(value ?? '[]')) as readonly (readonly [string, string | null])[];
  return pairs.map(([name, base64]) => [name, base64 === null ? null : Buffer.from(base64, 'base64')] as const);
}
