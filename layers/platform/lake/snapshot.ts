import type { ObjectStore } from '../object-store.ts';
import type { LakeDataFile } from './data-file.ts';
import type { Snapshot, SnapshotOperation } from './table-metadata.ts';
import type { LakeVersion } from './table-version.ts';

/** What a commit does to the table's files. */
export interface SnapshotContent {
  readonly operation: SnapshotOperation;
  readonly snapshotId: number;
  readonly added: readonly LakeDataFile[];
  readonly removed: readonly LakeDataFile[];
  /** What the snapshot says beside Iceberg's own counts. */
  readonly summary: Readonly<Record<string, string>>;
  readonly writerId: string;
}

export interface SnapshotDependencies {
  readonly store: ObjectStore;
  readonly now: () => number;
  readonly newId: () => string;
}

/** The key in a summary that says which version the snapshot was committed as. */
export const VERSION_PROPERTY = 'lake-version';

/** Describes the snapshot that follows a version. */
export function buildSnapshot(
  { location, version, metadata, currentSnapshot }: LakeVersion,
  { operation, snapshotId, added, removed, summary, writerId }: SnapshotContent,
  { store, now, newId }: SnapshotDependencies,
): Snapshot {
  return {
    'snapshot-id': snapshotId,
    ...(currentSnapshot && { 'parent-snapshot-id': currentSnapshot['snapshot-id'] }),
    'sequence-number': metadata['last-sequence-number'] + 1,
    // Clocks differ between writers; the history must not run backwards.
    'timestamp-ms': Math.max(now(), metadata['last-updated-ms'] + 1),
    'manifest-list': `${store.uri}/${location}metadata/snap-${snapshotId}-${newId()}.avro`,
    summary: {
      ...summary,
      ...countFiles(added, removed, currentSnapshot?.summary ?? {}),
      'writer-id': writerId,
      [VERSION_PROPERTY]: String(version + 1),
      operation,
    },
    'schema-id': metadata['current-schema-id'],
  };
}

/** The version that a snapshot was committed as. */
export function versionOf(snapshot: Snapshot): number {
  // Without the property it dates from before snapshots were expired, when each version was one snapshot.
  return Number(snapshot.summary[VERSION_PROPERTY] ?? snapshot['sequence-number'] + 1);
}

/** The part of a summary that its writer gave: what a commit that changes no row carries on. */
export function carrySummary(summary: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(summary).filter(([name]) => !isOwnProperty(name)));
}

/** 52 random bits of a version 4 UUID: snapshot ids must survive JSON readers that know only doubles. */
export function newSnapshotId(newId: () => string): number {
  return Number.parseInt(newId().replaceAll('-', '').slice(-13), 16);
}

function isOwnProperty(name: string): boolean {
  return (
    ['operation', 'writer-id', VERSION_PROPERTY].includes(name) || /^(added|deleted|removed|changed|total)-/.test(name)
  );
}

/** Iceberg's own summary fields. */
function countFiles(
  added: readonly LakeDataFile[],
  removed: readonly LakeDataFile[],
  before: Readonly<Record<string, string>>,
): Record<string, string> {
  const [more, less] = [sumUp(added), sumUp(removed)];
  const total = (name: string, change: number) => String(Number(before[name] ?? 0) + change);
  return {
    'added-data-files': String(more.files),
    'added-records': String(more.records),
    'added-files-size': String(more.sizeBytes),
    ...(removed.length > 0 && {
      'deleted-data-files': String(less.files),
      'deleted-records': String(less.records),
      'removed-files-size': String(less.sizeBytes),
    }),
    'changed-partition-count': String(new Set([...added, ...removed].map(({ day }) => day)).size),
    'total-data-files': total('total-data-files', more.files - less.files),
    'total-records': total('total-records', more.records - less.records),
    'total-files-size': total('total-files-size', more.sizeBytes - less.sizeBytes),
    'total-delete-files': '0',
    'total-position-deletes': '0',
    'total-equality-deletes': '0',
  };
}

function sumUp(files: readonly LakeDataFile[]): { files: number; records: number; sizeBytes: number } {
  return {
    files: files.length,
    records: files.reduce((sum, { recordCount }) => sum + recordCount, 0),
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}
