import type { ObjectStore } from '../object-store.ts';
import { writeAddedManifest } from './added-manifest.ts';
import { commitVersion } from './commit.ts';
import type { LakeDataFile } from './data-file.ts';
import { readManifestList, writeManifestList } from './manifest-list.ts';
import { mergeSmallManifests } from './merge-manifests.ts';
import { buildSnapshot, newSnapshotId } from './snapshot.ts';
import { addSnapshot } from './table-metadata.ts';
import { type LakeVersion, readNewestVersion } from './table-version.ts';

export interface LakeAppend {
  /** The version that the files and the summary continue. */
  base: LakeVersion;
  /** From `writeDataFiles`; none where only the summary moves on. */
  files: readonly LakeDataFile[];
  /** What the snapshot says beside Iceberg's own counts. */
  summary: Readonly<Record<string, string>>;
  /** Who wrote it: kept in the summary as `writer-id`. */
  writerId: string;
  /** Epoch milliseconds at which the files were begun. */
  startedAtMs: number;
  /**
   * Asked when another writer was first: the summary that continues `newest`, so that the same files are
   * committed there; or undefined where they no longer fit. Without it, a lost race is a conflict, unless the others
   * only rewrote or expired what there was: those change no row and no summary, and the append follows them.
   */
  rebase?: (newest: LakeVersion) => Readonly<Record<string, string>> | undefined;
}

export type AppendOutcome =
  | { outcome: 'committed'; version: LakeVersion }
  | { outcome: 'conflict'; newest: LakeVersion };

/** Commits data files as the table's next snapshot. Throws a retryable TidemarkError where the store fails. */
export async function appendFiles(
  append: LakeAppend,
  { store, now, newId }: { store: ObjectStore; now: () => number; newId: () => string },
): Promise<AppendOutcome> {
  const { files, writerId, startedAtMs } = append;
  const attempt = { store, now, newId, files, snapshotId: newSnapshotId(newId) };
  const addManifest = await writeAddedManifest(attempt, append.base);
  let { base } = append;
  let summary: Readonly<Record<string, string>> | undefined = append.summary;
  while (summary) {
    const content = {
      operation: 'append',
      snapshotId: attempt.snapshotId,
      added: files,
      removed: [],
      writerId,
    } as const;
    const snapshot = buildSnapshot(base, { ...content, summary }, attempt);
    const merge = {
      store,
      metadata: base.metadata,
      key: `${base.location}metadata/${newId()}-merged.avro`,
      snapshotId: attempt.snapshotId,
      sequenceNumber: snapshot['sequence-number'],
    };
    const kept = await mergeSmallManifests(await readManifestList(store, base.currentSnapshot), merge);
    const listKey = snapshot['manifest-list'].slice(store.uri.length + 1);
    await writeManifestList(store, listKey, snapshot, [...addManifest(snapshot), ...kept]);

    const metadata = addSnapshot(base.metadata, `${store.uri}/${base.metadataKey}`, snapshot);
    const version = await commitVersion(store, { base, metadata, startedAtMs }, now);
    if (version) return { outcome: 'committed', version };
    const newest = await readNewestVersion({ store, now }, base.location, base.version + 1);
    summary = hasSameRows(base, newest) ? summary : append.rebase?.(newest);
    base = newest;
  }
  return { outcome: 'conflict', newest: base };
}

/** Says whether nothing but maintenance lies between two versions; not where the way back to the older one has expired. */
function hasSameRows(older: LakeVersion, newer: LakeVersion): boolean {
  const snapshots = new Map(newer.metadata.snapshots.map((snapshot) => [snapshot['snapshot-id'], snapshot]));
  const wanted = older.currentSnapshot?.['snapshot-id'];
  let id = newer.currentSnapshot?.['snapshot-id'];
  while (id !== wanted) {
    const snapshot = id === undefined ? undefined : snapshots.get(id);
    if (snapshot?.summary.operation !== 'replace') return false;
    id = snapshot['parent-snapshot-id'];
  }
  return true;
}
