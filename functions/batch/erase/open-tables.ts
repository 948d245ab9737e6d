import type { Stream } from '@tidemark/domains/stream';
import type { Clock } from '@tidemark/platform/clock';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { ObjectStore } from '@tidemark/platform/object-store';
import { defineEventsTable, defineRecordsTable } from '../compact/lake-definitions.ts';

export interface TableDependencies {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The lake tables that hold a stream's records. */
export interface ErasureTables {
  readonly events: LakeTable;
  readonly records: LakeTable;
}

export async function openTables(stream: Stream, { store, clock, newId }: TableDependencies): Promise<ErasureTables> {
  const deps = { now: clock, newId };
  const events = await LakeTable.open(store, defineEventsTable(stream), deps);
  return { events, records: await LakeTable.open(store, defineRecordsTable(stream), deps) };
}
