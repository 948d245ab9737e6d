/** Iceberg primitive types that a lake column may have. Timestamps are in microseconds. */
export type LakeType =
  | 'int'
  | 'long'
  | 'string'
  | 'timestamptz'
  | 'timestamp'
  | 'date'
  | 'double'
  | 'boolean'
  | 'binary'
  | 'uuid'
  | `decimal(${number},${number})`;

export interface LakeColumn {
  /** Readers find a column by this id, never by name: given once, never reused. */
  fieldId: number;
  name: string;
  type: LakeType;
  required: boolean;
  doc: string;
}

export interface LakeTableDefinition {
  /** `database/table`: also the first part of the table's location. */
  name: string;
  columns: readonly LakeColumn[];
  /** The required timestamp column whose UTC day partitions the table. */
  partitionByDayOf: string;
  /** Name of the partition field; without it, the column's with the suffix `_day`. */
  partitionName?: string;
  properties?: Readonly<Record<string, string>>;
}

/**
 * One value as JavaScript holds it.
 *
 * int, double: number · date: number of days since 1970 · long, timestamps (microseconds since 1970) and decimals
 * (unscaled: 12.5 as decimal(18,4) is 125000n): bigint · uuid: text in lower case with hyphens.
 */
export type LakeValue = number | bigint | string | boolean | Uint8Array | null | undefined;

/** The values of one column in row order; typed arrays where there are no nulls. */
export type LakeVector = Int32Array | BigInt64Array | Float64Array | readonly LakeValue[];

/** Rows, column by column: one vector for each column of the definition, all of one length. */
export type LakeRows = Readonly<Record<string, LakeVector>>;

/** Name of the partition field, in the metadata and in the paths of data files. */
export function partitionNameOf({ partitionByDayOf, partitionName }: LakeTableDefinition): string {
  return partitionName ?? `${partitionByDayOf}_day`;
}

/** The partition field's column. */
export function findPartitionColumn({ name, columns, partitionByDayOf }: LakeTableDefinition): LakeColumn {
  const column = columns.find((candidate) => candidate.name === partitionByDayOf);
  if (!column?.required || (column.type !== 'timestamptz' && column.type !== 'timestamp')) {
    throw new TypeError(`lake table ${name}: partitionByDayOf must name a required timestamp column`);
  }
  return column;
}
