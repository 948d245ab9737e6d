import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { RunDependencies, RunReport } from '@tidemark/platform/batch-runs';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { Readers, Retention } from '@tidemark/platform/lake/retention';
import type { ObjectStore } from '@tidemark/platform/object-store';
import { defineEventsTable, defineRecordsTable } from '../compact/lake-definitions.ts';
import { dropAbandonedRebuilds } from '../rebuild/rebuilt-tables.ts';
import { type HistoryReport, keepHours } from './keep-hours.ts';
import { maintainTable, type TableReport } from './maintain-table.ts';
import { type Floors, raiseFloor, readFloors } from './raise-floor.ts';
import { trimGold, trimPublications, trimRefreshes } from './trim-gold.ts';
import { type TrimReport, trimHotTable } from './trim-hot.ts';

export interface MaintainDependencies extends RunDependencies {
  readonly store: ObjectStore;
}

export interface MaintainInput {
  /** Hot rows are kept for so long after they were inserted. */
  readonly hotRetentionMs: number;
  /** What the lake held at a full hour is kept for so long. */
  readonly historyMs: number;
  /** No file is rewritten after this moment, milliseconds since 1970 UTC. */
  readonly deadlineMs: number;
  /** Says what would be done, and does nothing. */
  readonly isDryRun: boolean;
}

export interface MaintenanceReport extends RunReport {
  readonly floor: Floors;
  readonly history: Omit<HistoryReport, 'inUse'>;
  /** By name of the lake table. */
  readonly tables: Readonly<Record<string, TableReport>>;
  readonly hot: TrimReport;
  readonly gold: { readonly segments: number; readonly refreshes: number; readonly publications: number };
}

const HOUR_MS = 3_600_000;
/** Whoever began to read a snapshot while it was the newest, or an answer for an hour, has so long to finish. */
const GRACE_MS = HOUR_MS;
const NO_VIEW: Readers = { readableFrom: Number.POSITIVE_INFINITY };

/**
 * Keeps a stream's lake, hot table and gold in shape: raises the floor, keeps the hours that time travel answers for,
 * expires snapshots, removes what nobody names, trims what every reader finds elsewhere, and rewrites small files.
 *
 * Safe at any moment, beside everything else and itself: commits are conditional, and nothing goes that is above a floor
 * of a quarter of an hour ago. A run that dies leaves the rest to the next.
 */
export async function maintainStream(
  { stream, gold }: StreamDeclaration,
  { hotRetentionMs, historyMs, deadlineMs, isDryRun }: MaintainInput,
  { clickhouse, store, clock, newId, log }: MaintainDependencies,
): Promise<MaintenanceReport> {
  const floor = await readFloors(clickhouse, stream.name);
  const { standing } = floor;
  if (!isDryRun) await raiseFloor(clickhouse, stream.name, floor);

  const lakeDeps = { now: clock, newId };
  const events = await LakeTable.open(store, defineEventsTable(stream), lakeDeps);
  const records = await LakeTable.open(store, defineRecordsTable(stream), lakeDeps);
  const nowMs = clock();
  const { inUse, ...history } = await keepHours(stream, { events, historyMs, nowMs, isDryRun }, clickhouse);

  const hot = await trimHotTable(stream, { standing, retentionMs: hotRetentionMs, nowMs, isDryRun }, clickhouse);
  if (!isDryRun) await dropAbandonedRebuilds(stream, clickhouse);
  const trim = { standing, isDryRun };
  const trimmed = { segments: 0, refreshes: 0, publications: await trimPublications(stream.name, trim, clickhouse) };
  for (const table of gold) {
    trimmed.segments += await trimGold(table, trim, clickhouse);
    trimmed.refreshes += await trimRefreshes(table, trim, clickhouse);
  }

  const retention: Retention = { allMs: GRACE_MS, hourlyMs: historyMs + GRACE_MS };
  const work = { retention, writerId: newId(), deadlineMs, isDryRun };
  const tables = {
    [stream.lakeTable]: await maintainTable(events, { ...work, readers: { readableFrom: standing, inUse } }, clock),
    [records.definition.name]: await maintainTable(records, { ...work, readers: NO_VIEW }, clock),
  };
  const rows = Object.values(tables).reduce((sum, { rewritten }) => sum + rewritten.rows, 0);
  const { version } = await events.load();
  log.info('lake maintained', { stream: stream.name, isDryRun, floor, history, tables, hot, gold: trimmed });
  return {
    status: 'done',
    ranges: new Map(),
    snapshot: version,
    rows,
    rejected: 0,
    ...warnOf(floor, version),
    floor,
    history,
    tables,
    hot,
    gold: trimmed,
  };
}

/** Compaction and gold publish every minute: so many versions behind, one of them has stopped. */
const MAX_VERSIONS_BEHIND = 120;

function warnOf({ published }: Floors, version: number): { warning?: string } {
  if (version - published <= MAX_VERSIONS_BEHIND) return {};
  const warning = `a view still shows snapshot ${published} of ${version}: nothing above it is trimmed or expired`;
  return { warning };
}
