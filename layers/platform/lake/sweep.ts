import type { ObjectStore, StoredObject } from '../object-store.ts';
import { ENTRY_STATUS, readManifest } from './manifest.ts';
import { readManifestList } from './manifest-list.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { versionOf } from './snapshot.ts';
import {
  hintKeyOf,
  type LakeVersion,
  MIN_METADATA_AGE_MS,
  readNewestVersion,
  versionOfKey,
  writeHint,
} from './table-version.ts';

/** A writer gives up after an hour: what is so old and in no snapshot never will be. */
const MIN_FILE_AGE_MS = 24 * 3_600_000;
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
 * those that a writer left who died or lost. Metadata goes 24 hours after the next version took its place, unless a
 * snapshot that is left was committed as this version, so that it can be pinned, or a view may show it; version 1 stays.
 *
 * Ages are by the store's clock: by our own, were it days ahead, the files of a writer at work would be old.
 */
export async function sweepTable(
  { location, readableFrom, isDryRun }: LakeSweep,
  { store, now }: { store: ObjectStore; now: () => number },
): Promise<SweepReport> {
  // A file that is written now tells what time it is there.
  if (!isDryRun) await writeHint(store, location, (await readNewestVersion({ store, now }, location)).version);
  const objects = await collect(store.list(location));
  const nowMs = isDryRun ? now() : writtenAtMs(objects, hintKeyOf(location));
  // After the listing: whatever was committed meanwhile is named, or too young.
  const newest = await readNewestVersion({ store, now }, location);
  const oldFiles = objects.filter(({ key, modifiedAt }) => {
    return /\.(parquet|avro)$/.test(key) && nowMs - modifiedAt.getTime() > MIN_FILE_AGE_MS;
  });
  const named = oldFiles.length > 0 ? await collectNames(store, newest) : new Set<string>();
  const unnamed = oldFiles.filter(({ key }) => !named.has(`${store.uri}/${key}`));
  const oldMetadata = findOldMetadata(objects, newest, readableFrom, nowMs);
  const removed = [...unnamed, ...oldMetadata];
  if (!isDryRun) {
    await mapConcurrently(removed, MAX_REQUESTS, ({ key }) => store.delete(key));
  }
  return {
    dataFiles: unnamed.filter(({ key }) => key.endsWith('.parquet')).length,
    manifests: unnamed.filter(({ key }) => key.endsWith('.avro')).length,
    metadataFiles: oldMetadata.length,
    bytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

/** Where it is not there, nothing counts as old. */
function writtenAtMs(objects: readonly StoredObject[], wanted: string): number {
  return objects.find(({ key }) => key === wanted)?.modifiedAt.getTime() ?? Number.NEGATIVE_INFINITY;
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

function findOldMetadata(
  objects: readonly StoredObject[],
  { version: newest, metadata }: LakeVersion,
  readableFrom: number,
  nowMs: number,
): StoredObject[] {
  const ascending = objects
    .map((object) => ({ object, version: versionOfKey(object.key) ?? 0 }))
    .filter(({ version }) => version > 1)
    .sort((a, b) => a.version - b.version);
  const pinned = new Set(metadata.snapshots.map(versionOf));
  const old = ascending.filter(({ version }, index) => {
    const next = ascending[index + 1];
    if (next === undefined || pinned.has(version) || version >= Math.min(newest, readableFrom)) return false;
    // From when it was replaced on: what follows an idle hour is not old at once.
    return nowMs - next.object.modifiedAt.getTime() > MIN_METADATA_AGE_MS;
  });
  return old.map(({ object }) => object);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
