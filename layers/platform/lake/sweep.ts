import type { ObjectStore, StoredObject } from '../object-store.ts';
import { ENTRY_STATUS, readManifest } from './manifest.ts';
import { readManifestList } from './manifest-list.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { versionOf } from './snapshot.ts';
import { type LakeVersion, readNewestVersion } from './table-version.ts';

/** A writer gives up after an hour: what is so old and in no snapshot never will be. */
const MIN_FILE_AGE_MS = 24 * 3_600_000;
/** Metadata outlives any writer, so that the number of a version is never given twice. */
const MIN_METADATA_AGE_MS = 7 * 24 * 3_600_000;
const MAX_REQUESTS = 16;

export interface LakeSweep {
  location: string;
  /** The lowest version that views may still show; of a table that no view shows, Infinity. */
  readableFrom: number;
  /** Says what would be removed, and removes nothing. */
  isDryRun: boolean;
}

/** What a sweep removed. */
export interface SweepReport {
  dataFiles: number;
  manifests: number;
  metadataFiles: number;
  bytes: number;
}

/**
 * Removes what no snapshot of the newest version names and is over 24 hours old: the files of expired snapshots, and
 * those that a writer left who died or lost. Metadata older than a week goes too, lowest version first, down from the
 * oldest snapshot that is left; version 1 stays.
 */
export async function sweepTable(
  { location, readableFrom, isDryRun }: LakeSweep,
  { store, now }: { store: ObjectStore; now: () => number },
): Promise<SweepReport> {
  const objects = await collect(store.list(location));
  // After the listing: whatever was committed meanwhile is named, or too young.
  const newest = await readNewestVersion(store, location);
  const oldFiles = objects.filter(({ key, modifiedAt }) => {
    return /\.(parquet|avro)$/.test(key) && now() - modifiedAt.getTime() > MIN_FILE_AGE_MS;
  });
  const named = oldFiles.length > 0 ? await collectNames(store, newest) : new Set<string>();
  const unnamed = oldFiles.filter(({ key }) => !named.has(`${store.uri}/${key}`));
  const oldMetadata = findOldMetadata(objects, newest, readableFrom, now());
  const removed = [...unnamed, ...oldMetadata];
  if (!isDryRun) {
    await mapConcurrently(unnamed, MAX_REQUESTS, ({ key }) => store.delete(key));
    // One after the other, so that versions end at one point below which there is none.
    for (const { key } of oldMetadata) await store.delete(key);
  }
  return {
    dataFiles: unnamed.filter(({ key }) => key.endsWith('.parquet')).length,
    manifests: unnamed.filter(({ key }) => key.endsWith('.avro')).length,
    metadataFiles: oldMetadata.length,
    bytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/** Absolute paths of every file that a snapshot of the version needs. */
async function collectNames(store: ObjectStore, { metadata }: LakeVersion): Promise<Set<string>> {
  const { snapshots } = metadata;
  const lists = await mapConcurrently(snapshots, MAX_REQUESTS, (snapshot) => readManifestList(store, snapshot));
  const manifests = [...new Set(lists.flat().map(({ manifest_path: path }) => path))];
  const entries = await mapConcurrently(manifests, MAX_REQUESTS, (path) => readManifest(store, path));
  const files = entries.flat().filter(({ status }) => status !== ENTRY_STATUS.deleted);
  return new Set([
    ...snapshots.map((snapshot) => snapshot['manifest-list']),
    ...manifests,
    ...files.map(({ file }) => file.path),
  ]);
}

/** In the order in which they go: a version is never gone before the one below it. */
function findOldMetadata(
  objects: readonly StoredObject[],
  { version, metadata }: LakeVersion,
  readableFrom: number,
  nowMs: number,
): StoredObject[] {
  const lowestNeeded = Math.min(version, readableFrom, ...metadata.snapshots.map(versionOf));
  const ascending = objects
    .map((object) => ({ object, version: Number(/\/metadata\/v(\d+)\.metadata\.json$/.exec(object.key)?.[1] ?? 0) }))
    .filter((found) => found.version > 1)
    .sort((a, b) => a.version - b.version);
  const isNeeded = (found: { object: StoredObject; version: number }) =>
    found.version >= lowestNeeded || nowMs - found.object.modifiedAt.getTime() <= MIN_METADATA_AGE_MS;
  const firstNeeded = ascending.findIndex(isNeeded);
  const old = firstNeeded === -1 ? ascending : ascending.slice(0, firstNeeded);
  return old.map(({ object }) => object);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
