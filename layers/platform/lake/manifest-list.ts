import { TidemarkError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import { decodeAvro, encodeAvro } from './avro-file.ts';
import { ENTRY_STATUS, type ManifestEntry } from './manifest.ts';
import { MANIFEST_FILE_SCHEMA } from './manifest-schema.ts';
import { encodeSingleValue } from './single-value.ts';
import type { Snapshot } from './table-metadata.ts';

/** A manifest as a snapshot's manifest list describes it, spelled as Avro stores it. */
export interface ManifestFile {
  manifest_path: string;
  manifest_length: number;
  partition_spec_id: number;
  content: 0;
  /** The sequence number of the snapshot that added the manifest. */
  sequence_number: number;
  /** The lowest data sequence number among the files that it still has in the table. */
  min_sequence_number: number;
  added_snapshot_id: number;
  added_files_count: number;
  existing_files_count: number;
  deleted_files_count: number;
  added_rows_count: number;
  existing_rows_count: number;
  deleted_rows_count: number;
  partitions: { contains_null: boolean; contains_nan: boolean | null; lower_bound: Buffer; upper_bound: Buffer }[];
}

export interface ManifestOrigin {
  path: string;
  lengthBytes: number;
  snapshotId: number;
  sequenceNumber: number;
}

/** The manifest list's line for a manifest of these entries. */
export function describeManifest(origin: ManifestOrigin, entries: readonly ManifestEntry[]): ManifestFile {
  const added = sumUp(entries, ENTRY_STATUS.added);
  const existing = sumUp(entries, ENTRY_STATUS.existing);
  const deleted = sumUp(entries, ENTRY_STATUS.deleted);
  const days = entries.map(({ file }) => file.day).sort((a, b) => a - b);
  return {
    manifest_path: origin.path,
    manifest_length: origin.lengthBytes,
    partition_spec_id: 0,
    content: 0,
    sequence_number: origin.sequenceNumber,
    min_sequence_number: Math.min(
      origin.sequenceNumber,
      ...entries.filter(isLive).map((entry) => entry.sequenceNumber ?? origin.sequenceNumber),
    ),
    added_snapshot_id: origin.snapshotId,
    added_files_count: added.files,
    existing_files_count: existing.files,
    deleted_files_count: deleted.files,
    added_rows_count: added.rows,
    existing_rows_count: existing.rows,
    deleted_rows_count: deleted.rows,
    partitions: [
      {
        contains_null: false,
        contains_nan: false,
        lower_bound: encodeSingleValue('date', days[0] ?? 0),
        upper_bound: encodeSingleValue('date', days.at(-1) ?? 0),
      },
    ],
  };
}

/** Writes the manifest list of a snapshot. */
export async function writeManifestList(
  store: ObjectStore,
  key: string,
  snapshot: Pick<Snapshot, 'snapshot-id' | 'parent-snapshot-id' | 'sequence-number'>,
  manifests: readonly ManifestFile[],
): Promise<void> {
  const header = {
    'snapshot-id': String(snapshot['snapshot-id']),
    'parent-snapshot-id': String(snapshot['parent-snapshot-id'] ?? null),
    'sequence-number': String(snapshot['sequence-number']),
    'format-version': '2',
  };
  await store.put(key, await encodeAvro(MANIFEST_FILE_SCHEMA, manifests, header));
}

/** The manifests of a snapshot; none where there is no snapshot. Throws where it was expired. */
export async function readManifestList(store: ObjectStore, snapshot: Snapshot | undefined): Promise<ManifestFile[]> {
  if (!snapshot) return [];
  const path = snapshot['manifest-list'];
  const bytes = await store.get(path.slice(store.uri.length + 1));
  if (!bytes) throw new TidemarkError(`lake: manifest list ${path} is gone`, { retryable: false });
  return decodeAvro<ManifestFile>(bytes);
}

function isLive({ status }: ManifestEntry): boolean {
  return status !== ENTRY_STATUS.deleted;
}

function sumUp(entries: readonly ManifestEntry[], status: number): { files: number; rows: number } {
  const matching = entries.filter((entry) => entry.status === status);
  return { files: matching.length, rows: matching.reduce((rows, { file }) => rows + file.recordCount, 0) };
}
