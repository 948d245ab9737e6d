import { toIcebergType } from './column-type.ts';
import { findPartitionColumn, type LakeTableDefinition, partitionNameOf } from './definition.ts';
import { PARTITION_FIELD_ID } from './manifest-schema.ts';

/** `metadata/v{N}.metadata.json`. Source: https://iceberg.apache.org/spec/#table-metadata-fields (2026-11-21). */
export interface TableMetadata {
  'format-version': 2;
  'table-uuid': string;
  /** Absolute, without a slash at its end. */
  location: string;
  'last-sequence-number': number;
  'last-updated-ms': number;
  'last-column-id': number;
  schemas: readonly IcebergSchema[];
  'current-schema-id': number;
  'partition-specs': readonly [{ 'spec-id': number; fields: readonly [PartitionField] }];
  'default-spec-id': number;
  'last-partition-id': number;
  'sort-orders': readonly [{ 'order-id': 0; fields: readonly [] }];
  'default-sort-order-id': 0;
  properties: Readonly<Record<string, string>>;
  /** -1 where there is no snapshot yet. */
  'current-snapshot-id': number;
  refs: Readonly<Record<string, { 'snapshot-id': number; type: 'branch' }>>;
  snapshots: readonly Snapshot[];
  'snapshot-log': readonly { 'snapshot-id': number; 'timestamp-ms': number }[];
  'metadata-log': readonly { 'metadata-file': string; 'timestamp-ms': number }[];
}

export interface IcebergSchema {
  type: 'struct';
  'schema-id': number;
  fields: readonly { id: number; name: string; required: boolean; type: string; doc: string }[];
}

export interface PartitionField {
  name: string;
  transform: 'day';
  'source-id': number;
  'field-id': number;
}

export type SnapshotOperation = 'append' | 'replace' | 'overwrite' | 'delete';

export interface Snapshot {
  /** At most 2^53, so that every JSON reader keeps it. */
  'snapshot-id': number;
  'parent-snapshot-id'?: number;
  'sequence-number': number;
  'timestamp-ms': number;
  'manifest-list': string;
  summary: Readonly<Record<string, string>> & { operation: SnapshotOperation };
  'schema-id': number;
}

/** Iceberg's default for `write.metadata.previous-versions-max`. */
const MAX_METADATA_LOG = 100;

/** The metadata of a table without snapshots. */
export function createTableMetadata(
  definition: LakeTableDefinition,
  table: { uuid: string; location: string; nowMs: number },
): TableMetadata {
  const partitionColumn = findPartitionColumn(definition);
  const partitionField: PartitionField = {
    name: partitionNameOf(definition),
    transform: 'day',
    'source-id': partitionColumn.fieldId,
    'field-id': PARTITION_FIELD_ID,
  };
  return {
    'format-version': 2,
    'table-uuid': table.uuid,
    location: table.location,
    'last-sequence-number': 0,
    'last-updated-ms': table.nowMs,
    'last-column-id': Math.max(...definition.columns.map(({ fieldId }) => fieldId)),
    schemas: [buildSchema(definition)],
    'current-schema-id': 0,
    'partition-specs': [{ 'spec-id': 0, fields: [partitionField] }],
    'default-spec-id': 0,
    'last-partition-id': PARTITION_FIELD_ID,
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': 0,
    properties: { ...definition.properties },
    'current-snapshot-id': -1,
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}

/** The definition's columns as an Iceberg schema. */
export function buildSchema({ columns }: LakeTableDefinition): IcebergSchema {
  return {
    type: 'struct',
    'schema-id': 0,
    fields: columns.map(({ fieldId, name, required, type, doc }) => ({
      id: fieldId,
      name,
      required,
      type: toIcebergType(type),
      doc,
    })),
  };
}

/** The snapshot that the table shows; undefined before the first. */
export function findCurrentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  return metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === metadata['current-snapshot-id']);
}

/** The metadata of the next version: one more snapshot, and the main branch on it. */
export function addSnapshot(metadata: TableMetadata, metadataPath: string, snapshot: Snapshot): TableMetadata {
  const logged = { 'snapshot-id': snapshot['snapshot-id'], 'timestamp-ms': snapshot['timestamp-ms'] };
  const previous = { 'metadata-file': metadataPath, 'timestamp-ms': metadata['last-updated-ms'] };
  return {
    ...metadata,
    'last-sequence-number': snapshot['sequence-number'],
    'last-updated-ms': snapshot['timestamp-ms'],
    'current-snapshot-id': snapshot['snapshot-id'],
    refs: { ...metadata.refs, main: { 'snapshot-id': snapshot['snapshot-id'], type: 'branch' } },
    snapshots: [...metadata.snapshots, snapshot],
    'snapshot-log': [...metadata['snapshot-log'], logged],
    'metadata-log': [...metadata['metadata-log'], previous].slice(-MAX_METADATA_LOG),
  };
}

/**
 * The metadata of a version without some snapshots. The log of what was current ends where one of them was, as the
 * specification asks: a gap would answer for the wrong time.
 */
export function removeSnapshots(
  metadata: TableMetadata,
  metadataPath: string,
  removed: readonly Snapshot[],
  nowMs: number,
): TableMetadata {
  const ids = new Set(removed.map((snapshot) => snapshot['snapshot-id']));
  const log = metadata['snapshot-log'];
  const lastGap = log.findLastIndex((logged) => ids.has(logged['snapshot-id']));
  const previous = { 'metadata-file': metadataPath, 'timestamp-ms': metadata['last-updated-ms'] };
  return {
    ...metadata,
    'last-updated-ms': nowMs,
    snapshots: metadata.snapshots.filter((snapshot) => !ids.has(snapshot['snapshot-id'])),
    'snapshot-log': log.slice(lastGap + 1),
    'metadata-log': [...metadata['metadata-log'], previous].slice(-MAX_METADATA_LOG),
  };
}
