import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { type Compressors, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import type { SourceFile } from './source-files.ts';

/** hyparquet reads SNAPPY itself. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
  ZSTD: (input) => decompress(input),
};

/** Rows as one read holds them. */
const MAX_ROWS = 20_000;

/** Reads the rows of a Parquet file from `first` on; says how many there are and of which columns. 64-bit integers are bigints. */
export async function openParquetRows(file: SourceFile) {
  const source = { byteLength: file.sizeBytes, slice: (from: number, to = file.sizeBytes) => file.read(from, to) };
  const metadata = await parquetMetadataAsync(source);
  const total = Number(metadata.num_rows);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  async function* read(first: number): AsyncGenerator<Record<string, unknown>> {
    for (let rowStart = first; rowStart < total; rowStart += MAX_ROWS) {
      const rowEnd = Math.min(total, rowStart + MAX_ROWS);
      yield* await parquetReadObjects({ file: source, metadata, rowStart, rowEnd, compressors: COMPRESSORS });
    }
  }
  return { total, columns, read };
}
