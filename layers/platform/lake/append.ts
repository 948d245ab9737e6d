import type { ObjectStore } from '../object-store.ts';
import { commitVersion } from './commit.ts';
import type { LakeDataFile } from './data-file.ts';
import { ENTRY_STATUS, writeManifest } from './manifest.ts';
import { describeManifest, readManifestList, writeManifestList } from './manifest-list.ts';
import { mergeSmallManifests } from './merge-manifests.ts';
import { addSnapshot, type Snapshot } from './table-metadata.ts';
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
   * committed there; or undefined where they no longer fit. Without it, a lost race is a conflict.
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
    const snapshot = buildSnapshot(base, attempt, { ...summary, 'writer-id': writerId });
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
    base = await readNewestVersion(store, base.location, base.version + 1);
    summary = append.rebase?.(base);
  }
  return { outcome: 'conflict', newest: base };
}

interface Attempt {
  store: ObjectStore;
  now: () => number;
  newId: () => string;
  files: readonly LakeDataFile[];
  snapshotId: number;
}

/**
 * Writes the manifest of the new files once. Its entries leave snapshot and sequence number to the manifest list,
 * so that every attempt can use it.
 */
async function writeAddedManifest({ store, files, newId, snapshotId }: Attempt, base: LakeVersion) {
  if (files.length === 0) return () => [];
  const inherited = { snapshotId: null, sequenceNumber: null, fileSequenceNumber: null };
  const entries = files.map((file) => ({ status: ENTRY_STATUS.added, ...inherited, file }));
  const key = `${base.location}metadata/${newId()}-added.avro`;
  const lengthBytes = await writeManifest(store, key, base.metadata, entries);
  return (snapshot: Snapshot) => {
    const origin = {
      path: `${store.uri}/${key}`,
      lengthBytes,
      snapshotId,
      sequenceNumber: snapshot['sequence-number'],
    };
    return [describeManifest(origin, entries)];
  };
}

function buildSnapshot(
  { location, metadata, currentSnapshot }: LakeVersion,
  { store, now, newId, files, snapshotId }: Attempt,
  summary: Readonly<Record<string, string>>,
): Snapshot {
  return {
    'snapshot-id': snapshotId,
    ...(currentSnapshot && { 'parent-snapshot-id': currentSnapshot['snapshot-id'] }),
    'sequence-number': metadata['last-sequence-number'] + 1,
    // Clocks differ between writers; the history must not run backwards.
    'timestamp-ms': Math.max(now(), metadata['last-updated-ms'] + 1),
    'manifest-list': `${store.uri}/${location}metadata/snap-${snapshotId}-${newId()}.avro`,
    summary: { ...summary, ...countFiles(files, currentSnapshot?.summary ?? {}), operation: 'append' },
    'schema-id': metadata['current-schema-id'],
  };
}

/** Iceberg's own summary fields. */
function countFiles(files: readonly LakeDataFile[], before: Readonly<Record<string, string>>): Record<string, string> {
  const records = files.reduce((sum, file) => sum + file.recordCount, 0);
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const total = (name: string, added: number) => String(Number(before[name] ?? 0) + added);
  return {
    'added-data-files': String(files.length),
    'added-records': String(records),
    'added-files-size': String(sizeBytes),
    'changed-partition-count': String(new Set(files.map(({ day }) => day)).size),
    'total-data-files': total('total-data-files', files.length),
    'total-records': total('total-records', records),
    'total-files-size': total('total-files-size', sizeBytes),
    'total-delete-files': '0',
    'total-position-deletes': '0',
    'total-equality-deletes': '0',
  };
}

/** 52 random bits of a version 4 UUID: snapshot ids must survive JSON readers that know only doubles. */
function newSnapshotId(newId: () => string): number {
  return Number.parseInt(newId().replaceAll('-', '').slice(-13), 16);
}
