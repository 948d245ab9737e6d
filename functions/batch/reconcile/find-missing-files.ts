import type { LakeTable } from '@tidemark/platform/lake/lake-table';
import { readManifestList } from '@tidemark/platform/lake/manifest-list';
import { readLiveEntries } from '@tidemark/platform/lake/merge-manifests';
import type { LakeVersion } from '@tidemark/platform/lake/table-version';
import type { ObjectStore } from '@tidemark/platform/object-store';

/** Paths of the data files that a version names and the bucket has not. */
export async function findMissingFiles(store: ObjectStore, table: LakeTable, version: LakeVersion): Promise<string[]> {
  const entries = await readLiveEntries(store, await readManifestList(store, version.currentSnapshot));
  const there = new Set<string>();
  for await (const { key } of store.list(`${table.location}data/`)) there.add(`${store.uri}/${key}`);
  return entries.map(({ file }) => file.path).filter((path) => !there.has(path));
}
