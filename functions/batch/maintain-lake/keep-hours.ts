import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import { findHourly } from '@tidemark/platform/lake/retention';
import { versionOf } from '@tidemark/platform/lake/snapshot';
import type { Snapshot } from '@tidemark/platform/lake/table-metadata';
import { type LakeVersion, metadataKeyOf } from '@tidemark/platform/lake/table-version';
import { pinLakeTable } from '@tidemark/platform/publication';
import { describePublication } from '../compact/describe-publication.ts';

export interface KeepHours {
  readonly events: LakeTable;
  readonly historyMs: number;
  readonly nowMs: number;
  readonly isDryRun: boolean;
}

export interface HistoryReport {
  /** Snapshots that `as_of` answers for. */
  readonly kept: number;
  readonly added: number;
  readonly letGo: number;
  /** Versions that an answer may be reading: the lake has to keep them until the next run. */
  readonly inUse: ReadonlySet<number>;
}

const HOUR_MS = 3_600_000;

/**
 * Keeps what the lake held at each full hour within reach of queries: a pinned table and a row for each of those
 * snapshots, made when it is first seen and let go with its age, before its files go.
 */
export async function keepHours(stream: Stream, keep: KeepHours, clickhouse: ClickHouse): Promise<HistoryReport> {
  const { rows: recorded } = await clickhouse.query<{ snapshot: number; is_readable: boolean }>(
    `SELECT snapshot, is_readable FROM tidemark.lake_snapshots FINAL
     WHERE stream = {stream:String} ORDER BY snapshot`,
    { stream: stream.name },
  );
  // After the rows: what another run has recorded by now is an hour of this version too.
  const newest = await keep.events.load();
  const hourly = new Map(findKept(newest, keep).map((snapshot) => [versionOf(snapshot), snapshot]));
  const known = new Set(recorded.map(({ snapshot }) => snapshot));
  const added = [...hourly].filter(([version]) => !known.has(version));
  const old = recorded.filter(({ snapshot, is_readable }) => is_readable && !hourly.has(snapshot));
  const letGo = old.map(({ snapshot }) => snapshot);
  if (!keep.isDryRun) {
    for (const [version, snapshot] of added) await addSnapshot(stream, version, snapshot, newest, clickhouse);
    // Nobody is told of a snapshot any more before its table goes.
    if (letGo.length > 0) await forgetSnapshots(stream, letGo, clickhouse);
    await dropForgottenPins(stream, clickhouse);
  }
  const inUse = new Set([...hourly.keys(), ...letGo]);
  return { kept: hourly.size, added: added.length, letGo: letGo.length, inUse };
}

/** The newest counts once a full hour has gone by over it. */
function findKept(newest: LakeVersion, { historyMs, nowMs }: KeepHours): readonly Snapshot[] {
  const hourly = findHourly(newest, nowMs - historyMs);
  const { currentSnapshot } = newest;
  const lastHourMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const isHourly = currentSnapshot !== undefined && currentSnapshot['timestamp-ms'] <= lastHourMs;
  return isHourly ? [...hourly, currentSnapshot] : hourly;
}

const COLUMNS = [
  'committed_at',
  'lake_table',
  'tidemark',
  'historical_through',
  'stored',
  'rejected',
  'open_gaps',
] as const;

async function addSnapshot(
  { name }: Stream,
  version: number,
  snapshot: Snapshot,
  { location }: LakeVersion,
  clickhouse: ClickHouse,
): Promise<void> {
  const pinnable = { version, location, metadataKey: metadataKeyOf(location, version) };
  const lakeTable = await pinLakeTable(clickhouse, `${name}_at`, pinnable);
  const { tidemark, historicalThroughMs, stored, rejected, openGaps } = describePublication(name, {
    ...pinnable,
    summary: snapshot.summary,
  });
  const values = [
    snapshot['timestamp-ms'],
    lakeTable,
    Object.fromEntries(tidemark),
    historicalThroughMs ?? null,
    stored,
    rejected,
    openGaps,
  ];
  await clickhouse.insert(
    'tidemark.lake_snapshots',
    ['stream', 'snapshot', 'is_readable', ...COLUMNS],
    [[name, version, true, ...values]],
  );
}

/** Writes down that a snapshot of a full hour is not kept, before it ever was. */
export async function noteGone(
  { name }: Stream,
  version: number,
  snapshot: Snapshot,
  clickhouse: ClickHouse,
): Promise<void> {
  const values = [snapshot['timestamp-ms'], '', {}, null, 0, 0, 0];
  await clickhouse.insert(
    'tidemark.lake_snapshots',
    ['stream', 'snapshot', 'is_readable', ...COLUMNS],
    [[name, version, false, ...values]],
  );
}

/** Lets go of snapshots: whoever asks for one is told that it is gone. */
export async function forgetSnapshots(
  { name }: Stream,
  snapshots: readonly number[],
  clickhouse: ClickHouse,
): Promise<void> {
  const columns = COLUMNS.join(', ');
  await clickhouse.command(
    `INSERT INTO tidemark.lake_snapshots (stream, snapshot, is_readable, ${columns})
     SELECT stream, snapshot, false, ${columns} FROM tidemark.lake_snapshots FINAL
     WHERE stream = {stream:String} AND snapshot IN {snapshots:Array(UInt64)}`,
    { stream: name, snapshots },
  );
}

async function dropForgottenPins({ name }: Stream, clickhouse: ClickHouse): Promise<void> {
  const { rows } = await clickhouse.query<{ name: string }>(
    `SELECT name FROM system.tables
     WHERE database = 'lake' AND concat('lake.', name) IN (
       SELECT lake_table FROM tidemark.lake_snapshots FINAL WHERE stream = {stream:String} AND NOT is_readable)`,
    { stream: name },
  );
  for (const { name: table } of rows) await clickhouse.command(`DROP TABLE IF EXISTS lake.${table}`);
}
