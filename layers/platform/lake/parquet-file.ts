import type { SchemaElement, Statistics } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { compressSync } from 'snappy';
import { type ColumnBounds, combineBounds, measureBounds } from './column-bounds.ts';
import { toParquetElement } from './column-type.ts';
import type { LakeColumn, LakeRows, LakeVector } from './definition.ts';

/** A Parquet file and what Iceberg's metadata says about it. Maps are by field id. */
export interface ParquetFile {
  bytes: Uint8Array;
  rowCount: number;
  /** Where each row group starts: readers split their work there. */
  rowGroupOffsets: number[];
  columnSizesBytes: Map<number, number>;
  columnBounds: Map<number, ColumnBounds>;
}

/** Large enough to compress well, small enough that a query for a range of offsets skips most of a day. */
const ROWS_PER_GROUP = 131_072;

/**
 * Encodes rows as one Parquet file, whose columns carry the definition's field ids.
 * Throws TypeError where rows and columns do not fit; RangeError where a value does not fit its type.
 */
export async function encodeParquet(columns: readonly LakeColumn[], rows: LakeRows): Promise<ParquetFile> {
  const vectors = columns.map((column) => ({ column, vector: requireVector(column, rows) }));
  const rowCount = vectors[0]?.vector.length ?? 0;
  const output = new ByteWriter();
  const schema = [{ name: 'table', num_children: columns.length }, ...columns.map(toParquetElement)];
  const parquet = new ParquetWriter({
    writer: output,
    schema: schema.map(withoutConversion),
    codec: 'SNAPPY',
    compressors: { SNAPPY: compressSync },
    // Measured once for the row groups and the manifest, by column-bounds, in half the time.
    statistics: false,
    createdBy: 'tidemark',
  });
  await parquet.write({
    rowGroupSize: ROWS_PER_GROUP,
    columnData: vectors.map(({ column, vector }) => ({
      name: column.name,
      data: vector as LakeVector & unknown[],
      ...(isNearlySorted(column) && { encoding: 'DELTA_BINARY_PACKED' as const }),
    })),
  });

  const file = { bytes: new Uint8Array(), rowCount, ...describeRowGroups(parquet, vectors) };
  parquet.schema = schema;
  await parquet.finish();
  return { ...file, bytes: output.getBytes() };
}

/** Timestamps and decimals come as the integers they are stored as: converting each one would only copy it. */
function withoutConversion(element: SchemaElement): SchemaElement {
  if (element.type !== 'INT64') return element;
  const { name, type, repetition_type } = element;
  return { name, type, ...(repetition_type && { repetition_type }) };
}

interface ColumnVector {
  column: LakeColumn;
  vector: LakeVector;
}

/** Offsets and times come in almost ascending: their differences are small. */
function isNearlySorted({ type }: LakeColumn): boolean {
  return type === 'long' || type === 'timestamptz' || type === 'timestamp';
}

function requireVector(column: LakeColumn, rows: LakeRows): LakeVector {
  const vector = rows[column.name];
  if (!vector) throw new TypeError(`lake column ${column.name}: rows have no such column`);
  return vector;
}

/** Writes each row group's statistics into the footer and sums them up for the file. */
function describeRowGroups(parquet: ParquetWriter, vectors: ColumnVector[]) {
  const rowGroupOffsets: number[] = [];
  const columnSizesBytes = new Map<number, number>();
  const columnBounds = new Map<number, ColumnBounds>();
  let from = 0;
  for (const group of parquet.row_groups) {
    const to = from + Number(group.num_rows);
    rowGroupOffsets.push(Number(group.columns[0]?.file_offset ?? 4n));
    for (const [index, { column, vector }] of vectors.entries()) {
      const { fieldId, type } = column;
      const bounds = measureBounds(type, vector, from, to);
      refuseNulls(column, bounds);
      const chunk = group.columns[index]?.meta_data;
      if (chunk) {
        chunk.statistics = describeStatistics(bounds);
        columnSizesBytes.set(fieldId, (columnSizesBytes.get(fieldId) ?? 0) + Number(chunk.total_compressed_size));
      }
      const before = columnBounds.get(fieldId);
      columnBounds.set(fieldId, before ? combineBounds(type, before, bounds) : bounds);
    }
    from = to;
  }
  return { rowGroupOffsets, columnSizesBytes, columnBounds };
}

function describeStatistics({ min, max, nullCount }: ColumnBounds): Statistics {
  const hasRange = min !== undefined && max !== undefined;
  return { null_count: BigInt(nullCount), ...(hasRange && { min_value: min, max_value: max }) };
}

function refuseNulls({ name, required }: LakeColumn, { nullCount }: ColumnBounds): void {
  if (required && nullCount > 0) throw new TypeError(`lake column ${name} is required, but has ${nullCount} nulls`);
}
