import { randomUUID } from 'node:crypto';
import { parquetReadObjects } from 'hyparquet';
import type { LakeTableDefinition } from '../../layers/platform/lake/definition.ts';
import { LakeTable } from '../../layers/platform/lake/lake-table.ts';
import { readManifestList } from '../../layers/platform/lake/manifest-list.ts';
import { readLiveEntries } from '../../layers/platform/lake/merge-manifests.ts';
import type { LakeVersion } from '../../layers/platform/lake/table-version.ts';
import type { MemoryObjectStore } from './memory-object-store.ts';

/** The newest version of a table in memory and every row that it shows, in the order of partition and offset. */
export async function readLake(
  store: MemoryObjectStore,
  definition: LakeTableDefinition,
): Promise<{ version: LakeVersion; rows: Record<string, unknown>[] }> {
  const table = await LakeTable.open(store, definition, { now: () => 0, newId: randomUUID });
  const version = await table.load();
  const manifests = await readManifestList(store, version.currentSnapshot);
  const entries = await readLiveEntries(store, manifests);
  const files = entries.map(({ file }) => store.objects.get(file.path.slice(store.uri.length + 1)));
  const rows = await Promise.all(
    files.map((bytes) => {
      if (bytes === undefined) throw new Error('the snapshot names a file that is not there');
      return parquetReadObjects({ file: Uint8Array.from(bytes).buffer, utf8: false });
    }),
  );
  return { version, rows: rows.flat().sort(compareByPosition) };
}

function compareByPosition(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return Number(a._partition) - Number(b._partition) || Number(a._offset) - Number(b._offset);
}

/** `partition:offset` of each row. */
export function positionsOf(rows: readonly Record<string, unknown>[]): string[] {
  return rows.map(({ _partition, _offset }) => `${_partition}:${_offset}`);
}
