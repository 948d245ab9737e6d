import type { ObjectStore } from '../object-store.ts';
import type { LakeDataFile } from './data-file.ts';
import { ENTRY_STATUS, writeManifest } from './manifest.ts';
import { describeManifest, type ManifestFile } from './manifest-list.ts';
import type { Snapshot } from './table-metadata.ts';
import type { LakeVersion } from './table-version.ts';

export interface AddedFiles {
  store: ObjectStore;
  newId: () => string;
  files: readonly LakeDataFile[];
  snapshotId: number;
}

/**
 * Writes the manifest of new files once, and gives its lines in the list of a snapshot. Its entries leave snapshot and
 * sequence number to that list, so that every attempt to commit can use it.
 */
export async function writeAddedManifest(
  { store, files, newId, snapshotId }: AddedFiles,
  { location, metadata }: LakeVersion,
): Promise<(snapshot: Snapshot) => ManifestFile[]> {
  if (files.length === 0) return () => [];
  const inherited = { snapshotId: null, sequenceNumber: null, fileSequenceNumber: null };
  const entries = files.map((file) => ({ status: ENTRY_STATUS.added, ...inherited, file }));
  const key = `${location}metadata/${newId()}-added.avro`;
  const lengthBytes = await writeManifest(store, key, metadata, entries);
  return (snapshot) => {
    const sequenceNumber = snapshot['sequence-number'];
    return [describeManifest({ path: `${store.uri}/${key}`, lengthBytes, snapshotId, sequenceNumber }, entries)];
  };
}
