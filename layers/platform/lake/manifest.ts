import { TidemarkError } from '../errors.ts';
import type { ObjectStore } from '../object-store.ts';
import { decodeAvro, encodeAvro } from './avro-file.ts';
import type { LakeDataFile } from './data-file.ts';
import { buildManifestEntrySchema } from './manifest-schema.ts';
import type { TableMetadata } from './table-metadata.ts';

/** What the snapshot that wrote an entry did with its file. */
export const ENTRY_STATUS = { existing: 0, added: 1, deleted: 2 } as const;

/** A data file in a manifest. Nulls are inherited from the manifest's line in the list. */
export interface ManifestEntry {
  status: number;
  snapshotId: number | null;
  sequenceNumber: number | null;
  fileSequenceNumber: number | null;
  file: LakeDataFile;
}

/** Writes a manifest and returns its length in bytes. */
export async function writeManifest(
  store: ObjectStore,
  key: string,
  metadata: TableMetadata,
  entries: readonly ManifestEntry[],
): Promise<number> {
  const [spec] = metadata['partition-specs'];
  const [partitionField] = spec.fields;
  const header = {
    schema: JSON.stringify(metadata.schemas.find((schema) => schema['schema-id'] === metadata['current-schema-id'])),
    'schema-id': String(metadata['current-schema-id']),
    'partition-spec': JSON.stringify(spec.fields),
    'partition-spec-id': String(spec['spec-id']),
    'format-version': '2',
    content: 'data',
  };
  const records = entries.map((entry) => toEntryRecord(entry, partitionField.name));
  const bytes = await encodeAvro(buildManifestEntrySchema(partitionField.name), records, header);
  await store.put(key, bytes);
  return bytes.length;
}

/** Reads a manifest's entries. Throws where the object is gone: a version that refers to it was expired. */
export async function readManifest(store: ObjectStore, path: string): Promise<ManifestEntry[]> {
  const entries = await readManifestIfThere(store, path);
  if (!entries) throw new TidemarkError(`lake: manifest ${path} is gone`, { retryable: false });
  return entries;
}

/** The same of a manifest that another process may be removing: undefined where it is gone. */
export async function readManifestIfThere(store: ObjectStore, path: string): Promise<ManifestEntry[] | undefined> {
  const bytes = await store.get(path.slice(store.uri.length + 1));
  return bytes && (await decodeAvro<EntryRecord>(bytes)).map(fromEntryRecord);
}

type Pairs<V> = { key: number; value: V }[];

interface EntryRecord {
  status: number;
  snapshot_id: number | null;
  sequence_number: number | null;
  file_sequence_number: number | null;
  data_file: {
    content: 0;
    file_path: string;
    file_format: 'PARQUET';
    partition: Record<string, number>;
    record_count: number;
    file_size_in_bytes: number;
    column_sizes: Pairs<number>;
    value_counts: Pairs<number>;
    null_value_counts: Pairs<number>;
    nan_value_counts: Pairs<number>;
    lower_bounds: Pairs<Buffer>;
    upper_bounds: Pairs<Buffer>;
    split_offsets: number[];
    sort_order_id: 0;
  };
}

function toEntryRecord({ file, ...entry }: ManifestEntry, partitionFieldName: string): EntryRecord {
  return {
    status: entry.status,
    snapshot_id: entry.snapshotId,
    sequence_number: entry.sequenceNumber,
    file_sequence_number: entry.fileSequenceNumber,
    data_file: {
      content: 0,
      file_path: file.path,
      file_format: 'PARQUET',
      partition: { [partitionFieldName]: file.day },
      record_count: file.recordCount,
      file_size_in_bytes: file.sizeBytes,
      column_sizes: toPairs(file.columnSizesBytes),
      value_counts: toPairs(file.valueCounts),
      null_value_counts: toPairs(file.nullCounts),
      nan_value_counts: toPairs(file.nanCounts),
      lower_bounds: toPairs(file.lowerBounds),
      upper_bounds: toPairs(file.upperBounds),
      split_offsets: file.splitOffsets,
      sort_order_id: 0,
    },
  };
}

function fromEntryRecord({ data_file: file, ...entry }: EntryRecord): ManifestEntry {
  return {
    status: entry.status,
    snapshotId: entry.snapshot_id,
    sequenceNumber: entry.sequence_number,
    fileSequenceNumber: entry.file_sequence_number,
    file: {
      path: file.file_path,
      day: Object.values(file.partition)[0] ?? 0,
      recordCount: file.record_count,
      sizeBytes: file.file_size_in_bytes,
      columnSizesBytes: fromPairs(file.column_sizes),
      valueCounts: fromPairs(file.value_counts),
      nullCounts: fromPairs(file.null_value_counts),
      nanCounts: fromPairs(file.nan_value_counts),
      lowerBounds: fromPairs(file.lower_bounds),
      upperBounds: fromPairs(file.upper_bounds),
      splitOffsets: file.split_offsets,
    },
  };
}

function toPairs<V>(map: ReadonlyMap<number, V>): Pairs<V> {
  return Array.from(map, ([key, value]) => ({ key, value }));
}

function fromPairs<V>(pairs: Pairs<V>): Map<number, V> {
  return new Map(pairs.map(({ key, value }) => [key, value]));
}
