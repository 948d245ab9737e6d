import type { AvroSchema } from './avro-file.ts';

/**
 * Avro schemas of Iceberg v2 manifests, with the field ids that readers go by.
 * Source: https://iceberg.apache.org/spec/#manifests and #manifest-lists (2026-11-21).
 */

/** Field id of the only partition field; the specification gives out ids from 1000. */
export const PARTITION_FIELD_ID = 1000;

/** One entry of a manifest: a data file and what a snapshot did with it. */
export function buildManifestEntrySchema(partitionFieldName: string): AvroSchema {
  return record('manifest_entry', [
    field(0, 'status', 'int'),
    optional(1, 'snapshot_id', 'long'),
    optional(3, 'sequence_number', 'long'),
    optional(4, 'file_sequence_number', 'long'),
    field(2, 'data_file', record('r2', dataFileFields(partitionFieldName))),
  ]);
}

/** One line of a manifest list: a manifest and what is in it. */
export const MANIFEST_FILE_SCHEMA: AvroSchema = record('manifest_file', [
  field(500, 'manifest_path', 'string'),
  field(501, 'manifest_length', 'long'),
  field(502, 'partition_spec_id', 'int'),
  field(517, 'content', 'int'),
  field(515, 'sequence_number', 'long'),
  field(516, 'min_sequence_number', 'long'),
  field(503, 'added_snapshot_id', 'long'),
  field(504, 'added_files_count', 'int'),
  field(505, 'existing_files_count', 'int'),
  field(506, 'deleted_files_count', 'int'),
  field(512, 'added_rows_count', 'long'),
  field(513, 'existing_rows_count', 'long'),
  field(514, 'deleted_rows_count', 'long'),
  optional(507, 'partitions', {
    type: 'array',
    'element-id': 508,
    items: record('r508', [
      field(509, 'contains_null', 'boolean'),
      optional(518, 'contains_nan', 'boolean'),
      optional(510, 'lower_bound', 'bytes'),
      optional(511, 'upper_bound', 'bytes'),
    ]),
  }),
]);

function dataFileFields(partitionFieldName: string): object[] {
  const day = { type: 'int', logicalType: 'date' };
  return [
    field(134, 'content', 'int'),
    field(100, 'file_path', 'string'),
    field(101, 'file_format', 'string'),
    field(102, 'partition', record('r102', [optional(PARTITION_FIELD_ID, partitionFieldName, day)])),
    field(103, 'record_count', 'long'),
    field(104, 'file_size_in_bytes', 'long'),
    optional(108, 'column_sizes', mapByFieldId(117, 118, 'long')),
    optional(109, 'value_counts', mapByFieldId(119, 120, 'long')),
    optional(110, 'null_value_counts', mapByFieldId(121, 122, 'long')),
    optional(137, 'nan_value_counts', mapByFieldId(138, 139, 'long')),
    optional(125, 'lower_bounds', mapByFieldId(126, 127, 'bytes')),
    optional(128, 'upper_bounds', mapByFieldId(129, 130, 'bytes')),
    optional(132, 'split_offsets', { type: 'array', items: 'long', 'element-id': 133 }),
    optional(140, 'sort_order_id', 'int'),
  ];
}

/** Avro maps have text keys only: a map by int is an array of pairs. */
function mapByFieldId(keyId: number, valueId: number, valueType: string): object {
  const pair = record(`k${keyId}_v${valueId}`, [field(keyId, 'key', 'int'), field(valueId, 'value', valueType)]);
  return { type: 'array', logicalType: 'map', items: pair };
}

function record(name: string, fields: readonly object[]): AvroSchema {
  return { type: 'record', name, fields };
}

function field(id: number, name: string, type: string | object): object {
  return { name, type, 'field-id': id };
}

function optional(id: number, name: string, type: string | object): object {
  return { name, type: ['null', type], default: null, 'field-id': id };
}
