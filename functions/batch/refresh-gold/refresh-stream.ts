import { createHash } from 'node:crypto';
import type { Gold, StreamDeclaration } from '@tidemark/domains/domain';
import type { Stream } from '@tidemark/domains/stream';
import type { RunDependencies, RunReport } from '@tidemark/platform/batch-runs';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { ObjectStore } from '@tidemark/platform/object-store';
import { type Pin, publishGold } from '@tidemark/platform/publication';
import { renderTemplate } from '@tidemark/platform/render-template';
import { type OffsetRanges, rangesBetween, rangesCondition } from '@tidemark/platform/tidemark';
import { defineEventsTable } from '../compact/lake-definitions.ts';
import { makeReadable } from '../compact/make-readable.ts';
import { type Refresh, readNewestRefresh, storeRefresh } from './refresh-log.ts';

export interface RefreshDependencies extends RunDependencies {
  readonly store: ObjectStore;
}

/** Above so many segments they are folded into one. */
const MAX_SEGMENTS = 100;

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

type Source = Pick<Pin, 'snapshot' | 'tidemark' | 'lakeTable'>;

/**
 * Extends one gold table and flips its view, and again if another refresh has come further by then. A view is always
 * pinned to the tidemark of the segments that it names, whatever this run has read of the lake.
 */
async function refreshTable(
  { stream }: StreamDeclaration,
  gold: Gold,
  source: Source,
  deps: RefreshDependencies,
): Promise<OffsetRanges> {
  const { clickhouse } = deps;
  const definition = hashDefinition(gold);
  const before = await readNewestRefresh(clickhouse, gold.name, definition);
  const added = rangesBetween(before.tidemark, source.tidemark);
  let shown = await extend(stream, gold, before, added, source, deps);
  for (;;) {
    const pin = { ...source, stream, snapshot: shown.snapshot, tidemark: shown.tidemark };
    await publishGold(clickhouse, gold, pin, shown.segments);
    const newest = await readNewestRefresh(clickhouse, gold.name, definition);
    if (newest.snapshot <= shown.snapshot) return added;
    shown = newest;
  }
}

/** Adds a segment for the ranges, folds where there are too many, and notes the result. */
async function extend(
  stream: Stream,
  gold: Gold,
  before: Refresh,
  added: OffsetRanges,
  { snapshot, tidemark, lakeTable }: Source,
  { clickhouse, newId }: RefreshDependencies,
): Promise<Refresh> {
  // Without new events, the segments hold the newer of the two snapshots alike.
  if (added.size === 0) return before.snapshot > snapshot ? before : { ...before, snapshot, tidemark };
  const storage = `${gold.database}.${gold.name}_gold`;
  const columns = [...gold.keys, ...gold.measures.map(({ name }) => name)].join(', ');
  const insertSegment = async (firstSnapshot: number, contribution: string) => {
    const segment = newId();
    await clickhouse.command(
      `INSERT INTO ${storage} (segment, first_snapshot, last_snapshot, ${columns}) ` +
        `SELECT toUUID('${segment}'), ${firstSnapshot}, ${snapshot}, ${columns} FROM (${contribution})`,
    );
    return segment;
  };

  const contribution = renderTemplate(gold.contribution, { events: lakeTable, range: rangesCondition(added) });
  let segments = [...before.segments, await insertSegment(before.snapshot + 1, contribution)];
  if (segments.length > MAX_SEGMENTS) {
    const named = segments.map((segment) => `toUUID('${segment}')`).join(', ');
    const sums = gold.measures.map(({ name, merge }) => `${merge}(parts.${name}) AS ${name}`).join(', ');
    const keys = gold.keys.join(', ');
    const folded = `SELECT ${keys}, ${sums} FROM ${storage} AS parts WHERE segment IN (${named}) GROUP BY ${keys}`;
    segments = [await insertSegment(1, folded)];
  }
  const refresh = { snapshot, tidemark, segments };
  const definition = hashDefinition(gold);
  await storeRefresh(clickhouse, { ...refresh, gold: gold.name, stream: stream.name, definition });
  return refresh;
}

/** Segments of another definition do not add up with those of this one. */
function hashDefinition({ contribution, keys, measures }: Gold): string {
  return createHash('sha256')
    .update(JSON.stringify([contribution, keys, measures]))
    .digest('base64url');
}
