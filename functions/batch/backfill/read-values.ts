import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Stream } from '@tidemark/domains/stream';
import { openParquetRows } from '@tidemark/platform/parquet-rows';
import type { SourceFile } from '@tidemark/platform/source-files';
import { parse } from 'csv-parse';
import type { Format } from './file-format.ts';
import { splitLines } from './split-lines.ts';
import { createValueWriter, type Mapping } from './write-value.ts';

export interface ValueReader {
  /** The values of records, as the topic is to hold them, from record number `first` (0 for all). */
  readonly values: AsyncIterable<Buffer>;
  /** How much of the file was read, from 0 to 1. */
  progress(): number;
}

export interface ReadInput {
  readonly format: Format;
  readonly isGzipped: boolean;
  readonly mapping: Mapping;
  readonly first: number;
}

/** Reads a file record by record; what is held in memory is bounded by the streams' buffers. */
export async function readValues(stream: Stream, file: SourceFile, input: ReadInput): Promise<ValueReader> {
  const { format, first, mapping } = input;
  const write = createValueWriter(stream, mapping);
  if (format === 'parquet') {
    const { total, read } = await openParquetRows(file);
    let rows = first;
    async function* values() {
      for await (const row of read(first)) {
        rows += 1;
        yield write.fromFields(row);
      }
    }
    return { values: values(), progress: () => (total === 0 ? 1 : rows / total) };
  }
  let bytes = 0;
  const source = await file.openStream();
  source.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const plain = input.isGzipped ? pipeline(source, createGunzip(), ignore) : source;
  const values = format === 'ndjson' ? mapLines(plain, write.fromLine) : readCsv(plain, write.fromFields);
  return { values: skip(values, first), progress: () => (file.sizeBytes === 0 ? 1 : bytes / file.sizeBytes) };
}

/** What a pipeline reports is thrown to whoever iterates its end as well; one who stops early is no error. */
function ignore(): void {}

async function* mapLines(source: AsyncIterable<Buffer>, write: (line: Buffer) => Buffer): AsyncGenerator<Buffer> {
  for await (const line of splitLines(source)) yield write(line);
}

async function* readCsv(source: NodeJS.ReadableStream, write: (fields: Record<string, unknown>) => Buffer) {
  // A line with too few or too many fields becomes the event that it makes, and is judged like any other.
  const options = { columns: true, bom: true, skip_empty_lines: true, relax_column_count: true };
  const rows: AsyncIterable<Record<string, unknown>> = pipeline(source, parse(options), ignore);
  for await (const row of rows) yield write(row);
}

async function* skip(values: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let index = 0;
  for await (const value of values) {
    if (index >= count) yield value;
    index += 1;
  }
}
