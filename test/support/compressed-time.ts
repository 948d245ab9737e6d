import { randomUUID } from 'node:crypto';
import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import type { ObjectStore } from '@tidemark/platform/object-store';
import { type MaintenanceReport, maintainStream } from '../../functions/batch/maintain-lake/maintain-stream.ts';
import { silentLog } from './compaction.ts';

const HOUR_MS = 3_600_000;

/** A clock that starts now and goes `factor` times as fast. */
export function compressClock(factor: number): Clock {
  const startMs = Date.now();
  return () => startMs + Math.round((Date.now() - startMs) * factor);
}

/** Maintains a stream by a clock of the test's, with nothing kept longer than safety asks for. */
export function maintainFast(
  declaration: StreamDeclaration,
  deps: { readonly clickhouse: ClickHouse; readonly store: ObjectStore; readonly clock: Clock },
): Promise<MaintenanceReport> {
  const input = { hotRetentionMs: 0, historyMs: HOUR_MS, deadlineMs: Number.POSITIVE_INFINITY, isDryRun: false };
  return maintainStream(declaration, input, { ...deps, newId: randomUUID, log: silentLog });
}

/**
 * Lets floors that were raised over `standMs` ago stand as those that were raised a quarter of an hour ago do. No query
 * of the test may take as long.
 */
export async function ageFloors(clickhouse: ClickHouse, standMs: number): Promise<void> {
  await clickhouse.command(
    `INSERT INTO tidemark.snapshot_floors (stream, floor, raised_at)
     SELECT stream, max(floor), now64(3) - INTERVAL 1 HOUR FROM tidemark.snapshot_floors
     WHERE raised_at < now64(3) - INTERVAL {standMs:UInt32} MILLISECOND GROUP BY stream`,
    { standMs },
  );
}

/** Makes the hot table of a stream anew, with blocks so small that a test fills many; nothing may be in it yet. */
export async function shrinkHotBlocks(
  { stream, ...rest }: StreamDeclaration,
  blockOffsets: number,
  clickhouse: ClickHouse,
): Promise<StreamDeclaration> {
  const table = `${stream.database}.${stream.hotTable}`;
  const { rows } = await clickhouse.query<{ statement: string }>(`SHOW CREATE TABLE ${table}`);
  const found = rows[0]?.statement ?? '';
  const shrunk = found.replace(`intDiv(_offset, ${stream.hotBlockOffsets})`, `intDiv(_offset, ${blockOffsets})`);
  if (shrunk === found) throw new Error(`${table} has no blocks of ${stream.hotBlockOffsets} offsets: ${found}`);
  await clickhouse.command(`DROP TABLE ${table} SYNC`);
  await clickhouse.command(shrunk);
  return { ...rest, stream: { ...stream, hotBlockOffsets: blockOffsets } };
}

/**
 * Gives each gold table that has few segments so many without rows beside its own, as refreshes of quiet minutes do: a
 * few refreshes more, and they are folded into one. No refresh may run meanwhile.
 */
export async function padSegments(clickhouse: ClickHouse, count: number): Promise<void> {
  await clickhouse.command(
    `INSERT INTO tidemark.gold_refreshes
     SELECT newest.* REPLACE (
       arrayConcat(arrayMap(n -> generateUUIDv4(n), range({count:UInt32})), newest.segments) AS segments,
       now64(3) AS refreshed_at)
     FROM (
       SELECT * FROM tidemark.gold_refreshes WHERE stream = 'retail_events'
       ORDER BY generation DESC, snapshot DESC, refreshed_at DESC LIMIT 1 BY gold, definition) AS newest
     WHERE length(newest.segments) < {count:UInt32}`,
    { count },
  );
}

/** How often a gold table was folded: only its first refresh has one segment otherwise. */
export async function countFolds(clickhouse: ClickHouse): Promise<number> {
  const { rows } = await clickhouse.query<{ folds: number }>(
    `SELECT countIf(length(segments) = 1) - uniqExact(gold) AS folds
     FROM tidemark.gold_refreshes WHERE stream = 'retail_events'`,
  );
  return rows[0]?.folds ?? 0;
}
