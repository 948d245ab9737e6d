import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { ErasureState } from '@tidemark/platform/erasures';
import type { ForgetReport } from '@tidemark/platform/lake/forget-files';
import { versionOf } from '@tidemark/platform/lake/snapshot';
import type { CompactDependencies } from '../compact/compact-stream.ts';
import { dropAbandonedRebuilds } from '../rebuild/rebuilt-tables.ts';
import { hashDefinition } from '../refresh-gold/gold-definition.ts';
import { readNewestRefresh } from '../refresh-gold/refresh-log.ts';
import { storageOf } from '../refresh-gold/segments.ts';
import { deleteRows } from './delete-rows.ts';
import { letGoOfHistory } from './let-go-of-history.ts';
import { openTables } from './open-tables.ts';
import { matchEvents, matchRecords, readKnownPositions } from './search-subject.ts';

/** What was taken away at the end, place by place. */
export interface Removed {
  readonly rows: Readonly<Record<string, number>>;
  readonly events: ForgetReport;
  readonly records: ForgetReport;
  readonly gold_segments: number;
  readonly pinned_tables: number;
}

/**
 * Takes away for good what answers have not read any more for a quarter of an hour: rows that a reader who knew nothing
 * of the erasure brought back, pinned tables, segments of gold, and every file of the lake that holds the subject.
 */
export async function cleanUp(
  declaration: StreamDeclaration,
  erasure: ErasureState,
  deps: CompactDependencies,
): Promise<Removed> {
  const { stream } = declaration;
  const { clickhouse } = deps;
  await dropAbandonedRebuilds(stream, clickhouse);
  const rows = await deleteRows(stream, erasure, clickhouse);
  const known = await readKnownPositions(clickhouse, erasure);
  const { events, records } = await openTables(stream, deps);
  const eventsReport = await events.forget(matchEvents(erasure, known));
  const recordsReport = await records.forget(matchRecords(stream, erasure, known));
  const left = new Set((await events.load()).metadata.snapshots.map(versionOf));
  const { rows: past } = await clickhouse.query<{ snapshot: number }>(
    `SELECT snapshot FROM tidemark.lake_snapshots FINAL
     WHERE stream = {stream:String} AND is_readable AND snapshot < {snapshot:UInt64}`,
    { stream: stream.name, snapshot: erasure.snapshot },
  );
  const gone = past.map(({ snapshot }) => snapshot).filter((snapshot) => !left.has(snapshot));
  await letGoOfHistory(stream, new Set(gone), events, deps);
  return {
    rows,
    events: eventsReport,
    records: recordsReport,
    gold_segments: known.size > 0 ? await dropSegments(declaration, erasure, clickhouse) : 0,
    pinned_tables: await dropPins(stream.name, erasure.snapshot, clickhouse),
  };
}

/** Segments of snapshots that held the subject, whoever names them: older code that is deployed again starts anew. */
async function dropSegments(
  { stream, gold }: StreamDeclaration,
  { snapshot }: ErasureState,
  clickhouse: ClickHouse,
): Promise<number> {
  const named: string[] = [];
  for (const table of gold) {
    const { segments } = await readNewestRefresh(clickhouse, table.name, hashDefinition(table));
    named.push(...segments.map((segment) => `toUUID('${segment}')`));
  }
  const isOld = `last_snapshot < ${snapshot} AND segment NOT IN (${named.join(', ') || 'NULL'})`;
  const counts = await Promise.all(
    gold.map((table) =>
      clickhouse.query<{ old: number }>(`SELECT uniqExact(segment) AS old FROM ${storageOf(table)} WHERE ${isOld}`),
    ),
  );
  const old = counts.map(({ rows }) => rows[0]?.old ?? 0);
  const dropped = old.reduce((sum, count) => sum + count, 0);
  if (dropped === 0) return 0;
  // First, so that nothing ever names a segment that is gone; and in one statement, because a mutation of many small parts takes long.
  await clickhouse.command(
    `ALTER TABLE tidemark.gold_refreshes DELETE WHERE stream = '${stream.name}' AND snapshot < ${snapshot}
       AND NOT hasAny(segments, [${named.join(', ')}]) SETTINGS mutations_sync = 2`,
  );
  for (const table of gold.filter((_table, index) => old[index] !== 0)) {
    await clickhouse.command(`ALTER TABLE ${storageOf(table)} DELETE WHERE ${isOld} SETTINGS mutations_sync = 2`);
  }
  return dropped;
}

/** Tables that read versions below the one from which on the subject is gone; those that time travel keeps stay. */
async function dropPins(stream: string, snapshot: number, clickhouse: ClickHouse): Promise<number> {
  const { rows } = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = 'lake' AND match(name, concat('^', {stream:String}, '(_at)?_v[1-9][0-9]*_')) AND
       toUInt64OrZero(extract(name, '_v([0-9]+)_[^_]*$')) < {snapshot:UInt64} AND
       concat('lake.', name) NOT IN (
         SELECT lake_table FROM tidemark.lake_snapshots FINAL WHERE stream = {stream:String} AND is_readable)`,
    { stream, snapshot },
  );
  for (const { name } of rows) await clickhouse.command(`DROP TABLE IF EXISTS lake.${name}`);
  return rows.length;
}
