import type { SchemaElement } from 'hyparquet';
import type { LakeColumn, LakeType } from './definition.ts';

export interface DecimalType {
  precision: number;
  scale: number;
}

/** Precision and scale of a decimal type; undefined for every other type. */
export function parseDecimal(type: LakeType): DecimalType | undefined {
  const match = /^decimal\((\d+),(\d+)\)$/.exec(type);
  return match ? { precision: Number(match[1]), scale: Number(match[2]) } : undefined;
}

/** The type as Iceberg's metadata spells it. */
export function toIcebergType(type: LakeType): string {
  const decimal = parseDecimal(type);
  return decimal ? `decimal(${decimal.precision}, ${decimal.scale})` : type;
}

/**
 * A column as Parquet declares it.
 * Source: https://iceberg.apache.org/spec/#parquet (2026-11-21).
 */
export function toParquetElement({ fieldId, name, type, required }: LakeColumn): SchemaElement {
  return {
    name,
    field_id: fieldId,
    repetition_type: required ? 'REQUIRED' : 'OPTIONAL',
    ...describePhysicalType(type),
  };
}

function describePhysicalType(type: LakeType): Omit<SchemaElement, 'name'> {
  switch (type) {
    case 'int':
      return { type: 'INT32' };
    case 'long':
      return { type: 'INT64' };
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'timestamptz':
    case 'timestamp':
      return {
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: type === 'timestamptz', unit: 'MICROS' },
      };
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } };
    case 'double':
      return { type: 'DOUBLE' };
    case 'boolean':
      return { type: 'BOOLEAN' };
    case 'binary':
      return { type: 'BYTE_ARRAY' };
    case 'uuid':
      return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } };
    default:
      return describeDecimal(type);
  }
}

function describeDecimal(type: LakeType): Omit<SchemaElement, 'name'> {
  const decimal = parseDecimal(type);
  if (!decimal || decimal.precision > 38 || decimal.scale > decimal.precision) {
    throw new TypeError(`no lake type: ${type}`);
  }
  const { precision, scale } = decimal;
  const logical = { converted_type: 'DECIMAL', precision, scale } as const;
  const typed = { ...logical, logical_type: { type: 'DECIMAL', precision, scale } } as const;
  if (precision <= 9) return { type: 'INT32', ...typed };
  if (precision <= 18) return { type: 'INT64', ...typed };
  return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: countDecimalBytes(precision), ...typed };
}

/** The fewest bytes whose two's complement holds every unscaled value of this precision. */
function countDecimalBytes(precision: number): number {
  const bits = (10n ** BigInt(precision)).toString(2).length + 1;
  return Math.ceil(bits / 8);
}
