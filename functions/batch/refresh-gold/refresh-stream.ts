import type { Gold, StreamDeclaration } from '@tidemark/domains/domain';
import type { RunDependencies, RunReport } from '@tidemark/platform/batch-runs';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { ObjectStore } from '@tidemark/platform/object-store';
import { publishGold } from '@tidemark/platform/publication';
import { type OffsetRanges, rangesBetween } from '@tidemark/platform/tidemark';
import { defineEventsTable } from '../compact/lake-definitions.ts';
import { makeReadable } from '../compact/make-readable.ts';
import { extendGold, type GoldSource } from './extend-gold.ts';
import { hashDefinition } from './gold-definition.ts';
import { isFurther, readNewestRefresh } from './refresh-log.ts';

export interface RefreshDependencies extends RunDependencies {
  readonly store: ObjectStore;
}

/**
 * Brings the gold tables of a stream up to the lake's newest version: adds what the events between the last refresh and
 * that version contribute, as one new segment, and flips the live views to it. Cost follows new events, not history.
 *
 * A segment is read only by views that name it, and it is named only when it is complete: a refresh that dies leaves
 * rows that nobody reads, and two refreshes at once both publish right views.
 */
export async function refreshStream(declaration: StreamDeclaration, deps: RefreshDependencies): Promise<RunReport> {
  const { stream, gold } = declaration;
  const { store, clock, newId } = deps;
  const events = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId });
  const version = await events.load();
  const source = await makeReadable(stream, version, deps);
  let ranges: OffsetRanges = new Map();
  for (const table of gold) {
    const added = await refreshTable(declaration, table, source, deps);
    if (added.size > 0) ranges = added;
  }
  const rows = [...ranges.values()].reduce((sum, { from, to }) => sum + to - from, 0);
  return { status: rows > 0 ? 'done' : 'skipped', ranges, snapshot: version.version, rows, rejected: 0 };
}

/**
 * Extends one gold table and flips its view, and again if another refresh has come further by then. A view is always
 * pinned to the tidemark of the segments that it names, whatever this run has read of the lake.
 */
export async function refreshTable(
  { stream }: StreamDeclaration,
  gold: Gold,
  source: GoldSource,
  deps: RefreshDependencies,
): Promise<OffsetRanges> {
  const { clickhouse } = deps;
  const definition = hashDefinition(gold);
  const before = await readNewestRefresh(clickhouse, gold.name, definition);
  let shown = await extendGold(stream.name, gold, before, source, deps);
  for (;;) {
    const pin = { ...source, stream, snapshot: shown.snapshot, tidemark: shown.tidemark };
    await publishGold(clickhouse, gold, pin, shown.segments);
    const newest = await readNewestRefresh(clickhouse, gold.name, definition);
    if (!isFurther(newest, shown)) return rangesBetween(before.tidemark, source.tidemark);
    shown = newest;
  }
}
