import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import { dropOldPins, publishView } from '@tidemark/platform/publication';
import { makeReadable, type ReadableDependencies } from './make-readable.ts';

/**
 * Flips the historical and unified views to the newest version, and again if there is a newer one by then: of several
 * publishers the slowest must not have the last word.
 *
 * @returns the version that the views show
 */
export async function publishNewest(
  { stream, views }: StreamDeclaration,
  events: LakeTable,
  deps: ReadableDependencies,
): Promise<number> {
  for (let version = await events.load(); ; ) {
    const pin = await makeReadable(stream, version, deps);
    for (const { view } of views) await publishView(deps.clickhouse, view, pin);
    const newest = await events.load();
    if (newest.version === version.version) {
      await dropOldPins(deps.clickhouse, stream.name, version.version);
      return version.version;
    }
    version = newest;
  }
}
