import { type FileMetaData, parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet';
import { uncompressSync } from 'snappy';
import { TidemarkError } from '../errors.ts';
import { parseDecimal } from './column-type.ts';
import type { LakeColumn, LakeRows, LakeType, LakeValue, LakeVector } from './definition.ts';

/**
 * Decodes a data file that this package wrote, to the very values that were encoded: hyparquet's own conversions would
 * round timestamps to milliseconds and decimals to doubles.
 *
 * @throws TidemarkError (final) where the file has other columns than these
 */
export async function decodeParquet(columns: readonly LakeColumn[], bytes: Uint8Array): Promise<LakeRows> {
  const file = Uint8Array.from(bytes).buffer;
  const metadata = parquetMetadata(file);
  refuseOtherColumns(columns, metadata);
  const rowCount = Number(metadata.num_rows);
  const chunks = new Map(columns.map(({ name }) => [name, new Array<LakeValue>(rowCount)]));
  await parquetRead({
    file,
    metadata: { ...metadata, schema: metadata.schema.map(withoutConversion) },
    compressors: { SNAPPY: (input) => uncompressSync(Buffer.from(input)) as Buffer },
    utf8: false,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const values = chunks.get(columnName);
      for (let at = 0; values && at < columnData.length; at += 1) values[rowStart + at] = columnData[at] ?? null;
    },
  });
  return Object.fromEntries(columns.map((column) => [column.name, toVector(column, chunks.get(column.name) ?? [])]));
}

/** Rows of several files, one after the other. */
export function concatenateRows(columns: readonly LakeColumn[], parts: readonly LakeRows[]): LakeRows {
  const concatenate = ({ name, type, required }: LakeColumn): LakeVector => {
    const values = parts.flatMap((part) => Array.from(part[name] as readonly LakeValue[]));
    return toTypedVector(type, required, values);
  };
  return Object.fromEntries(columns.map((column) => [column.name, concatenate(column)]));
}

/** Texts keep their logical type, which says that they are UTF-8; every other value comes as it is stored. */
function withoutConversion(element: SchemaElement): SchemaElement {
  const { logical_type: logicalType, converted_type: _, precision: _precision, scale: _scale, ...stored } = element;
  return logicalType?.type === 'STRING' ? element : stored;
}

function refuseOtherColumns(columns: readonly LakeColumn[], { schema }: FileMetaData): void {
  const stored = schema.slice(1).map(({ name, field_id: fieldId }) => `${fieldId} ${name}`);
  const expected = columns.map(({ name, fieldId }) => `${fieldId} ${name}`);
  if (stored.join() !== expected.join()) {
    throw new TidemarkError(`lake: a data file holds (${stored.join()}), not (${expected.join()})`, {
      retryable: false,
    });
  }
}

function toVector({ type, required }: LakeColumn, stored: readonly LakeValue[]): LakeVector {
  const restore = restorerOf(type);
  const values = restore ? stored.map((value) => (value === null ? null : restore(value as Uint8Array))) : stored;
  return toTypedVector(type, required, values);
}

/** For the types whose stored form is not the value that stands for them; see `LakeValue`. */
function restorerOf(type: LakeType): ((stored: Uint8Array) => LakeValue) | undefined {
  if (type === 'uuid') return toUuid;
  const decimal = parseDecimal(type);
  if (decimal && decimal.precision <= 9) return (stored) => BigInt(Number(stored));
  if (decimal && decimal.precision > 18) return toUnscaled;
  return undefined;
}

function toTypedVector(type: LakeType, required: boolean, values: readonly LakeValue[]): LakeVector {
  if (!required) return values;
  if (type === 'int') return Int32Array.from(values as number[]);
  if (type === 'double') return Float64Array.from(values as number[]);
  if (type === 'long' || type === 'timestamptz' || type === 'timestamp') return BigInt64Array.from(values as bigint[]);
  return values;
}

function toUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Big-endian two's complement. */
function toUnscaled(bytes: Uint8Array): bigint {
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}
