import type { ObjectStore } from '../object-store.ts';
import { type DayOfRows, formatDay, splitByDay } from './day-partition.ts';
import {
  findPartitionColumn,
  type LakeColumn,
  type LakeRows,
  type LakeTableDefinition,
  partitionNameOf,
} from './definition.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { encodeParquet, type ParquetFile } from './parquet-file.ts';
import { encodeSingleValue } from './single-value.ts';
import { truncateLowerBound, truncateUpperBound } from './truncated-bounds.ts';

/** An immutable file of one UTC day, as manifests describe it. Maps are by field id. */
export interface LakeDataFile {
  /** Absolute: `s3://bucket/…`. */
  path: string;
  /** Days since 1970-01-01. */
  day: number;
  recordCount: number;
  sizeBytes: number;
  columnSizesBytes: Map<number, number>;
  valueCounts: Map<number, number>;
  nullCounts: Map<number, number>;
  nanCounts: Map<number, number>;
  /** Iceberg single values; text and bytes truncated. */
  lowerBounds: Map<number, Buffer>;
  upperBounds: Map<number, Buffer>;
  splitOffsets: number[];
}

export interface DataFileTarget {
  store: ObjectStore;
  definition: LakeTableDefinition;
  /** The table's key prefix, with a slash at its end. */
  location: string;
  newId: () => string;
}

/** Enough to hide the latency of S3, few enough to bound the memory. */
const MAX_UPLOADS = 8;

/**
 * Writes rows as one Parquet file a day. Until a commit names them, no reader sees them, and they may be
 * committed on any version.
 */
export async function writeDataFiles(rows: LakeRows, target: DataFileTarget): Promise<LakeDataFile[]> {
  const { store, definition, location, newId } = target;
  refuseRaggedRows(definition, rows);
  const partitionColumn = findPartitionColumn(definition);
  const writeDay = async ({ day, rows: rowsOfDay }: DayOfRows) => {
    const parquet = await encodeParquet(definition.columns, rowsOfDay);
    const key = `${location}data/${partitionNameOf(definition)}=${formatDay(day)}/${newId()}.parquet`;
    await store.put(key, parquet.bytes);
    return describeFile(definition.columns, parquet, day, `${store.uri}/${key}`);
  };
  return mapConcurrently(splitByDay(rows, partitionColumn.name), MAX_UPLOADS, writeDay);
}

function refuseRaggedRows({ name, columns }: LakeTableDefinition, rows: LakeRows): void {
  const lengths = new Set(columns.map((column) => rows[column.name]?.length));
  if (lengths.size !== 1 || lengths.has(undefined)) {
    throw new TypeError(`lake table ${name}: rows need every column, all of one length`);
  }
}

function describeFile(columns: readonly LakeColumn[], parquet: ParquetFile, day: number, path: string): LakeDataFile {
  const { bytes, rowCount, columnBounds, columnSizesBytes, rowGroupOffsets } = parquet;
  const file: LakeDataFile = {
    path,
    day,
    recordCount: rowCount,
    sizeBytes: bytes.length,
    columnSizesBytes,
    valueCounts: new Map(),
    nullCounts: new Map(),
    nanCounts: new Map(),
    lowerBounds: new Map(),
    upperBounds: new Map(),
    splitOffsets: rowGroupOffsets,
  };
  for (const { fieldId, type } of columns) {
    const bounds = columnBounds.get(fieldId);
    if (!bounds) continue;
    file.valueCounts.set(fieldId, bounds.valueCount);
    file.nullCounts.set(fieldId, bounds.nullCount);
    if (type === 'double') file.nanCounts.set(fieldId, bounds.nanCount);
    if (bounds.min === undefined || bounds.max === undefined) continue;
    file.lowerBounds.set(fieldId, encodeSingleValue(type, truncateLowerBound(type, bounds.min)));
    const upper = truncateUpperBound(type, bounds.max);
    if (upper !== undefined) file.upperBounds.set(fieldId, encodeSingleValue(type, upper));
  }
  return file;
}
