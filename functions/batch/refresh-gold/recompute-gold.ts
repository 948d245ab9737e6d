import type { Gold, StreamDeclaration } from '@tidemark/domains/domain';
import type { RunReport } from '@tidemark/platform/batch-runs';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import { renderTemplate } from '@tidemark/platform/render-template';
import { belowTidemarkCondition, rangesBetween } from '@tidemark/platform/tidemark';
import { defineEventsTable } from '../compact/lake-definitions.ts';
import { makeReadable } from '../compact/make-readable.ts';
import { extendGold, type GoldSource } from './extend-gold.ts';
import { hashDefinition } from './gold-definition.ts';
import { type Refresh, readNewestRefresh, storeRefresh } from './refresh-log.ts';
import { type RefreshDependencies, refreshTable } from './refresh-stream.ts';
import { foldSegments, insertSegment } from './segments.ts';

/** Days to compute again, UTC, as `YYYY-MM-DD`; both are inclusive, and an end that is not given is open. */
export interface Days {
  readonly fromDate: string | undefined;
  readonly toDate: string | undefined;
}

/**
 * Computes gold again from the lake, all of it or some days, while it is being read: the result is one new segment,
 * which the live views name when it is complete.
 *
 * It is a new generation: an ordinary refresh that runs meanwhile continues the old one, which no longer counts then,
 * and its events are added again by the next refresh.
 */
export async function recomputeGold(
  declaration: StreamDeclaration,
  days: Days,
  deps: RefreshDependencies,
): Promise<RunReport> {
  const { stream, gold } = declaration;
  const { store, clock, newId, clickhouse } = deps;
  const events = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId });
  let source: (GoldSource & { readonly snapshot: number }) | undefined;
  for (const table of gold) {
    // The refresh before the lake: then the lake's version is at least as new as the segments.
    const before = await readNewestRefresh(clickhouse, table.name, hashDefinition(table));
    source = await makeReadable(stream, await events.load(), deps);
    await recomputeTable(declaration, table, days, before, source, deps);
    const newest = await makeReadable(stream, await events.load(), deps);
    await refreshTable(declaration, table, newest, deps);
  }
  const ranges = rangesBetween(new Map(), source?.tidemark ?? new Map());
  const rows = [...ranges.values()].reduce((sum, { from, to }) => sum + to - from, 0);
  return { status: 'done', ranges, snapshot: source?.snapshot ?? 0, rows, rejected: 0 };
}

async function recomputeTable(
  { stream }: StreamDeclaration,
  gold: Gold,
  days: Days,
  before: Refresh,
  source: GoldSource,
  deps: RefreshDependencies,
): Promise<void> {
  const { clickhouse, newId } = deps;
  const definition = hashDefinition(gold);
  const id = newId();
  const segment = { id, firstSnapshot: 1, lastSnapshot: source.snapshot };
  const { snapshot, tidemark } = source;
  const refresh = { generation: before.generation + 1, snapshot, tidemark, segments: [id] };
  const noted = { ...refresh, gold: gold.name, stream: stream.name };
  // Maintenance removes segments that nobody names: this one is named from the beginning, though nobody looks here.
  await storeRefresh(clickhouse, { ...noted, definition: `${definition} in the making` });
  const dateKey = findDateKey(gold);
  const inDays = dateKey === undefined ? undefined : daysCondition(`toDate(${dateKey})`, days);
  const range = belowTidemarkCondition(tidemark);
  if (inDays === undefined) {
    await insertSegment(clickhouse, gold, segment, contributionOf(gold, source, range));
  } else {
    const upToSource = await extendGold(stream.name, gold, before, source, deps);
    await insertSegment(clickhouse, gold, segment, foldSegments(gold, upToSource.segments, `NOT (${inDays})`));
    const near = nearCondition(stream.eventTimeField, days);
    const contribution = contributionOf(gold, source, `${range} AND ${near}`);
    await insertSegment(clickhouse, gold, segment, `SELECT * FROM (${contribution}) WHERE ${inDays}`);
  }
  await storeRefresh(clickhouse, { ...noted, definition });
}

function contributionOf(gold: Gold, { lakeTable }: GoldSource, range: string): string {
  return renderTemplate(gold.contribution, { events: lakeTable, range });
}

const DATE_KEYS = new Set(['date', 'hour', 'event_date', 'window_start']);

/** The key whose UTC date is that of the events; undefined where a gold table has none, and is computed as a whole. */
export function findDateKey({ keys }: Gold): string | undefined {
  return keys.find((key) => DATE_KEYS.has(key));
}

function daysCondition(date: string, { fromDate, toDate }: Days): string | undefined {
  const ends = [
    ...(fromDate === undefined ? [] : [`${date} >= toDate('${fromDate}')`]),
    ...(toDate === undefined ? [] : [`${date} <= toDate('${toDate}')`]),
  ];
  return ends.length === 0 ? undefined : ends.join(' AND ');
}

/** Lets the lake leave out files of other days; a day more on both sides, so that the date key alone decides. */
function nearCondition(eventTime: string, { fromDate, toDate }: Days): string {
  const ends = [
    ...(fromDate === undefined ? [] : [`${eventTime} >= toDateTime64('${fromDate}', 6, 'UTC') - INTERVAL 1 DAY`]),
    ...(toDate === undefined ? [] : [`${eventTime} < toDateTime64('${toDate}', 6, 'UTC') + INTERVAL 2 DAY`]),
  ];
  return ends.join(' AND ') || 'true';
}
