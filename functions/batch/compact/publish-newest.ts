import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import { dropOldPins, pinLakeTable, publishView, storePublication } from '@tidemark/platform/publication';
import { describePublication } from './describe-publication.ts';

/**
 * Flips the historical and unified views to the newest version, and again if there is a newer one by then: of several
 * publishers the slowest must not have the last word.
 *
 * @returns the version that the views show
 */
export async function publishNewest(
  { stream, views }: StreamDeclaration,
  events: LakeTable,
  clickhouse: ClickHouse,
): Promise<number> {
  for (let version = await events.load(); ; ) {
    const publication = describePublication(stream.name, version);
    const lakeTable = await pinLakeTable(clickhouse, stream.name, version);
    await storePublication(clickhouse, publication);
    const pin = { stream, snapshot: version.version, tidemark: publication.tidemark, lakeTable };
    for (const { view } of views) await publishView(clickhouse, view, pin);
    const newest = await events.load();
    if (newest.version === version.version) {
      await dropOldPins(clickhouse, stream.name, version.version);
      return version.version;
    }
    version = newest;
  }
}
