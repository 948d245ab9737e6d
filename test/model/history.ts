import { expect } from '@jest/globals';
import { defineEventsTable } from '../../functions/batch/compact/lake-definitions.ts';
import { parseSummary } from '../../functions/batch/compact/snapshot-summary.ts';
import { LakeTable } from '../../layers/platform/lake/lake-table.ts';
import { belowTidemarkCondition, type Tidemark } from '../../layers/platform/tidemark.ts';
import type { World } from './engine.ts';
import type { ModelEvent, StreamModel } from './stream-model.ts';

/** A run that stands still before one of its writes. */
export interface PausedRun {
  readonly pausedAtMs: number;
  /** Lets it go on, and waits for its end. */
  finish(): Promise<void>;
}

/** What happened so far. */
export interface History {
  readonly stream: StreamModel;
  /** Valid events that Kafka was given, delivered or not. */
  readonly events: ModelEvent[];
  readonly poison: { readonly partition: number; readonly offset: number }[];
  /** How far the speed layer has stored each partition. */
  readonly storedUpTo: Map<number, number>;
  readonly paused: PausedRun[];
  /** Tidemark of each version of the lake, by its number: also of those that have been expired. */
  readonly lineage: Tidemark[];
  /** A run died after it had flipped a view back: it may be below the floor until the next run. */
  mayRefuse: boolean;
  /** What happened, for the counts of a test. */
  readonly seen: Map<string, number>;
}

export function beginHistory(stream: StreamModel, seen: Map<string, number>): History {
  return {
    stream,
    events: [],
    poison: [],
    storedUpTo: new Map(),
    paused: [],
    lineage: [new Map(), new Map()],
    mayRefuse: false,
    seen,
  };
}

export function note({ seen }: History, what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}

/** Adds the versions that were committed since the last step; none moves the tidemark back, and none changes. */
export async function followLake({ lineage }: History, { store, stream, clock, deps }: World): Promise<void> {
  const table = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId: deps.newId });
  const newest = await table.load();
  const newestTidemark = parseSummary(newest.summary).tidemark;
  while (lineage.length <= newest.version) {
    const version = await table.loadVersion(lineage.length);
    const tidemark = parseSummary(version?.summary ?? {}).tidemark;
    const movedBack = [...(lineage.at(-1) ?? [])].filter(([partition, offset]) => {
      return (tidemark.get(partition) ?? 0) < offset;
    });
    expect({ version: lineage.length, movedBack }).toEqual({ version: lineage.length, movedBack: [] });
    lineage.push(tidemark);
  }
  expect({ version: newest.version, tidemark: newestTidemark }).toEqual({
    version: lineage.length - 1,
    tidemark: lineage.at(-1),
  });
}

/**
 * A rebuild puts into the hot table what the lake has, also what the trigger has not delivered yet, and may die before or
 * after that: from then on it is stored, and views of older snapshots show it.
 */
export async function followRebuild(
  { lineage, storedUpTo, seen }: History,
  { clickhouse, stream }: World,
): Promise<void> {
  if (!seen.has('rebuildHot')) return;
  const { rows } = await clickhouse.query<{ partition: number; storedUpTo: number }>(
    `SELECT _partition AS partition, max(_offset) + 1 AS storedUpTo FROM ${stream.database}.${stream.hotTable}
     WHERE ${belowTidemarkCondition(lineage.at(-1) ?? new Map())} GROUP BY _partition`,
  );
  for (const row of rows) storedUpTo.set(row.partition, Math.max(row.storedUpTo, storedUpTo.get(row.partition) ?? 0));
}
