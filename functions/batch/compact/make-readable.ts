import { randomUUID } from 'node:crypto';
import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import { registerIdentities } from '@tidemark/platform/event-identities';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import type { LakeVersion } from '@tidemark/platform/lake/table-version';
import type { ObjectStore } from '@tidemark/platform/object-store';
import { type Pin, pinLakeTable, storePublication } from '@tidemark/platform/publication';
import { describePublication } from './describe-publication.ts';
import { defineRecordsTable } from './lake-definitions.ts';

export interface ReadableDependencies {
  readonly clickhouse: ClickHouse;
  readonly store: ObjectStore;
  readonly clock: Clock;
}

/** Does all that must be done before a view may show a version: pins it, registers its ids, and makes it known. */
export async function makeReadable<Event>(
  stream: Stream<Event>,
  version: LakeVersion,
  { clickhouse, store, clock }: ReadableDependencies,
): Promise<Pin & { readonly stream: Stream<Event> }> {
  const publication = describePublication(stream.name, version);
  const { tidemark, historicalThroughMs } = publication;
  const lakeTable = await pinLakeTable(clickhouse, stream.name, version);
  const pin = { stream, snapshot: version.version, tidemark, lakeTable };
  const { identity, bronzeTable } = stream;
  if (identity !== undefined) {
    const loadBronze = async () => {
      if (bronzeTable === undefined) return undefined;
      const records = await LakeTable.open(store, defineRecordsTable(stream), { now: clock, newId: randomUUID });
      return records.load();
    };
    await registerIdentities(clickhouse, { identity, pin, historicalThroughMs, loadBronze });
  }
  await storePublication(clickhouse, publication);
  return pin;
}
