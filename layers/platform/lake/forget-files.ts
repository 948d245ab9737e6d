import type { DataFileTarget } from './data-file.ts';
import { type RowSearch, searchFile } from './erase-rows.ts';
import { expireChosen } from './expire.ts';
import { ENTRY_STATUS, readManifest, readManifestIfThere } from './manifest.ts';
import { readManifestList } from './manifest-list.ts';
import { readLiveEntries } from './merge-manifests.ts';
import { versionOf } from './snapshot.ts';
import type { Snapshot } from './table-metadata.ts';
import { type LakeVersion, readNewestVersion } from './table-version.ts';

/** What was taken away for good. */
export interface ForgetReport {
  snapshots: number;
  dataFiles: number;
  manifests: number;
}

/** The versions of the snapshots that show one of these files. */
export async function findVersionsOf(
  paths: ReadonlySet<string>,
  { metadata }: LakeVersion,
  { store }: Pick<DataFileTarget, 'store'>,
): Promise<Set<number>> {
  const shows = await findSnapshots(paths, metadata.snapshots, store);
  return new Set(shows.map(versionOf));
}

/**
 * Forgets every file of the table that holds an erased row and that the newest version does not show: expires the
 * snapshots that show it, then deletes the manifests that describe it, then the file. Also those of writers who died.
 *
 * Only for rows that no writer may commit any more, and once nobody reads a version that shows them.
 */
export async function forgetFiles(
  isErased: RowSearch['isErased'],
  target: DataFileTarget & { now: () => number },
): Promise<ForgetReport> {
  const { store, location } = target;
  const newest = await readNewestVersion(target, location);
  const dirty = await findForgettable(newest, isErased, target);
  if (dirty.size === 0) return { snapshots: 0, dataFiles: 0, manifests: 0 };
  const paths = new Set(dirty.keys());
  const chosen = new Set((await findSnapshots(paths, newest.metadata.snapshots, store)).map((s) => s['snapshot-id']));
  const expired = await expireChosen(
    newest,
    ({ metadata }) =>
      metadata.snapshots.filter(
        (snapshot) =>
          chosen.has(snapshot['snapshot-id']) && snapshot['snapshot-id'] !== metadata['current-snapshot-id'],
      ),
    target,
  );
  const manifests = await deleteManifests(paths, target);
  for (const key of dirty.values()) await store.delete(key);
  return { snapshots: expired.length, dataFiles: dirty.size, manifests };
}

/** By path, the keys of the files that hold an erased row and that a version does not show. */
export async function findForgettable(
  { currentSnapshot, location }: LakeVersion,
  isErased: RowSearch['isErased'],
  target: DataFileTarget,
): Promise<ReadonlyMap<string, string>> {
  const { store } = target;
  const dirty = new Map<string, string>();
  const keys: string[] = [];
  for await (const { key } of store.list(`${location}data/`)) if (key.endsWith('.parquet')) keys.push(key);
  const live = new Set(await listPaths(currentSnapshot, store));
  for (const key of keys.filter((each) => !live.has(`${store.uri}/${each}`))) {
    const found = await searchFile(key, isErased, target);
    if (found && found.erased.length > 0) dirty.set(`${store.uri}/${key}`, key);
  }
  return dirty;
}

/** Manifests that no snapshot names and that describe one of the files. */
async function deleteManifests(
  paths: ReadonlySet<string>,
  target: DataFileTarget & { now: () => number },
): Promise<number> {
  const { store, location } = target;
  const keys: string[] = [];
  for await (const { key } of store.list(`${location}metadata/`)) {
    if (/-(added|merged)\.avro$/.test(key)) keys.push(key);
  }
  // After the listing: what is committed meanwhile is named.
  const { metadata } = await readNewestVersion(target, location);
  const named = new Set<string>();
  for (const snapshot of metadata.snapshots) {
    for (const manifest of await readManifestList(store, snapshot)) named.add(manifest.manifest_path);
  }
  let deleted = 0;
  for (const key of keys.filter((each) => !named.has(`${store.uri}/${each}`))) {
    const entries = await readManifestIfThere(store, `${store.uri}/${key}`);
    if (!entries?.some(({ file }) => paths.has(file.path))) continue;
    await store.delete(key);
    deleted += 1;
  }
  return deleted;
}

async function findSnapshots(
  paths: ReadonlySet<string>,
  snapshots: readonly Snapshot[],
  store: DataFileTarget['store'],
): Promise<Snapshot[]> {
  const known = new Map<string, boolean>();
  const describes = async (manifest: string) => {
    const cached = known.get(manifest);
    if (cached !== undefined) return cached;
    const entries = await readManifest(store, manifest);
    // Also where it says that a file was deleted: the entry tells what the file held.
    const found = entries.some(({ status, file }) => {
      return paths.has(file.path) && (status !== ENTRY_STATUS.deleted || file.lowerBounds.size > 0);
    });
    known.set(manifest, found);
    return found;
  };
  const shown: Snapshot[] = [];
  for (const snapshot of snapshots) {
    const manifests = await readManifestList(store, snapshot);
    for (const { manifest_path: path } of manifests) {
      if (!(await describes(path))) continue;
      shown.push(snapshot);
      break;
    }
  }
  return shown;
}

async function listPaths(snapshot: Snapshot | undefined, store: DataFileTarget['store']): Promise<string[]> {
  return (await readLiveEntries(store, await readManifestList(store, snapshot))).map(({ file }) => file.path);
}
