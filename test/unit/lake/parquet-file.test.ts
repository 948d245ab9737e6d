import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { LakeColumn, LakeRows, LakeType, LakeValue } from '../../../layers/platform/lake/definition.ts';
import { encodeParquet } from '../../../layers/platform/lake/parquet-file.ts';
import { describeColumn } from '../../support/lake-tables.ts';

const column = (type: LakeType, required = true): LakeColumn => ({ ...describeColumn(7, 'value', type), required });

const encode = (type: LakeType, values: readonly LakeValue[], required = true) =>
  encodeParquet([column(type, required)], { value: values });

async function readBack(type: LakeType, values: readonly LakeValue[]): Promise<unknown[]> {
  const { bytes } = await encode(type, values, false);
  const rows = await parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
  return rows.map((row) => row.value);
}

describe('Parquet files', () => {
  it('keep texts as they are, nulls, NUL and Unicode included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.string({ unit: 'binary' }))), async (texts) => {
        expect(await readBack('string', texts)).toEqual(texts);
      }),
      { numRuns: 50 },
    );
  });

  it('keep every 64-bit number, nulls included', async () => {
    const anyLong = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(anyLong)), async (numbers) => {
        expect(await readBack('long', numbers)).toEqual(numbers);
      }),
      { numRuns: 50 },
    );
  });

  it('declare each type with its field id as Iceberg wants it', async () => {
    const declare = async (type: LakeType, value: LakeValue) => {
      const { bytes } = await encode(type, [value]);
      const { schema } = parquetMetadata(Uint8Array.from(bytes).buffer);
      const { type: physical, field_id, repetition_type, type_length, logical_type } = schema[1] ?? { name: 'none' };
      expect([field_id, repetition_type]).toEqual([7, 'REQUIRED']);
      return { physical, ...(type_length && { type_length }), ...(logical_type && { logical_type }) };
    };
    const timestamp = (isAdjustedToUTC: boolean) => ({ type: 'TIMESTAMP', isAdjustedToUTC, unit: 'MICROS' });
    const decimal = (precision: number, scale: number) => ({ type: 'DECIMAL', precision, scale });
    expect(await declare('int', 1)).toEqual({ physical: 'INT32' });
    expect(await declare('long', 1n)).toEqual({ physical: 'INT64' });
    expect(await declare('double', 1)).toEqual({ physical: 'DOUBLE' });
    expect(await declare('boolean', true)).toEqual({ physical: 'BOOLEAN' });
    expect(await declare('date', 1)).toEqual({ physical: 'INT32', logical_type: { type: 'DATE' } });
    expect(await declare('timestamptz', 1n)).toEqual({ physical: 'INT64', logical_type: timestamp(true) });
    expect(await declare('timestamp', 1n)).toEqual({ physical: 'INT64', logical_type: timestamp(false) });
    expect(await declare('decimal(9,2)', 1n)).toEqual({ physical: 'INT32', logical_type: decimal(9, 2) });
    expect(await declare('decimal(18,4)', 1n)).toEqual({ physical: 'INT64', logical_type: decimal(18, 4) });
    expect(await declare('decimal(38,8)', 1n)).toEqual({
      physical: 'FIXED_LEN_BYTE_ARRAY',
      type_length: 16,
      logical_type: decimal(38, 8),
    });
  });

  it('are measured while they are written', async () => {
    const rows: LakeRows = { value: BigInt64Array.from({ length: 300_000 }, (_, index) => BigInt(index)) };
    const { columnBounds, rowCount, rowGroupOffsets, bytes, columnSizesBytes } = await encodeParquet(
      [column('long')],
      rows,
    );
    expect(columnBounds.get(7)).toEqual({ valueCount: 300_000, nullCount: 0, nanCount: 0, min: 0n, max: 299_999n });
    expect(rowCount).toBe(300_000);
    expect(rowGroupOffsets).toHaveLength(3);
    expect(columnSizesBytes.get(7)).toBeLessThan(bytes.length);
    const { row_groups } = parquetMetadata(Uint8Array.from(bytes).buffer);
    expect(row_groups.map(({ columns }) => columns[0]?.meta_data?.statistics?.max_value)).toEqual([
      131_071n,
      262_143n,
      299_999n,
    ]);
  });

  it('refuse a null where a value is required', async () => {
    await expect(encode('string', ['a', null])).rejects.toThrow();
    await expect(encode('timestamptz', [1n, null])).rejects.toThrow();
  });

  it('refuse a value that does not fit its type', async () => {
    await expect(encode('int', [2 ** 31])).rejects.toThrow('int32');
    await expect(encode('long', [2n ** 63n])).rejects.toThrow('out of range');
    await expect(encode('decimal(39,0)', [1n])).rejects.toThrow('no lake type');
  });
});
