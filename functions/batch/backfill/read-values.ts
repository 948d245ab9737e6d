import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Stream } from '@tidemark/domains/stream';
import { TidemarkError } from '@tidemark/platform/errors';
import { openParquetRows } from '@tidemark/platform/parquet-rows';
import { SourceError, type SourceFile } from '@tidemark/platform/source-files';
import { parse } from 'csv-parse';
import { checkColumns } from './check-columns.ts';
import type { Format } from './file-format.ts';
import { splitLines } from './split-lines.ts';
import { createValueWriter, type Mapping } from './write-value.ts';

export interface ValueReader {
  /** The values of records, as the topic is to hold them, from record number `first` (0 for all). To be called once. */
  read(first: number): AsyncIterable<Buffer>;
  /** How much of the file was read, from 0 to 1: what waits in a buffer is read. */
  progress(): number;
  close(): Promise<void>;
}

export interface ReadInput {
  readonly format: Format;
  readonly isGzipped: boolean;
  readonly mapping: Mapping;
}

/** No record of a topic is as long: what is, has lost its line's end or its closing quote. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;

/**
 * Opens a file that is read record by record; what is held in memory is bounded by the streams' buffers. What is wrong
 * with all of it, such as another format or a column that is missing, shows here, before anything is in the topic.
 *
 * @throws SourceError that names the file
 */
export async function openValues(stream: Stream, file: SourceFile, input: ReadInput): Promise<ValueReader> {
  try {
    return await (input.format === 'parquet' ? openTable(stream, file, input) : openText(stream, file, input));
  } catch (cause) {
    throw describeFailure(file, cause);
  }
}

async function openTable(stream: Stream, file: SourceFile, { mapping }: ReadInput): Promise<ValueReader> {
  const { fromFields } = createValueWriter(stream, mapping);
  const { total, columns, read } = await openParquetRows(file);
  checkColumns(stream, columns, mapping);
  let rows = 0;
  async function* readFrom(first: number) {
    rows = first;
    for await (const row of read(first)) {
      rows += 1;
      yield fromFields(row);
    }
  }
  return {
    read: (first) => nameFailures(file, readFrom(first)),
    progress: () => (total === 0 ? 1 : rows / total),
    close: async () => {},
  };
}

async function openText(stream: Stream, file: SourceFile, input: ReadInput): Promise<ValueReader> {
  const { fromFields, fromLine } = createValueWriter(stream, input.mapping);
  let bytes = 0;
  async function* count(source: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  const packed = count(await file.openStream());
  const plain: AsyncIterable<Buffer> = input.isGzipped ? pipeline(packed, createGunzip(), ignore) : packed;
  const check = (columns: string[]) => {
    checkColumns(stream, columns, input.mapping);
    return columns;
  };
  const values = input.format === 'ndjson' ? readLines(plain, fromLine) : readCsv(plain, check, fromFields);
  const head = await values.next();
  async function* readFrom(first: number) {
    let index = 0;
    for (let next = head; !next.done; next = await values.next()) {
      if (index >= first) yield next.value;
      index += 1;
    }
  }
  return {
    read: (first) => nameFailures(file, readFrom(first)),
    progress: () => (file.sizeBytes === 0 ? 1 : bytes / file.sizeBytes),
    close: async () => {
      await values.return(undefined);
    },
  };
}

/** What a pipeline reports is thrown to whoever iterates its end as well; one who stops early is no error. */
function ignore(): void {}

async function* readLines(source: AsyncIterable<Buffer>, write: (line: Buffer) => Buffer): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const line of splitLines(source, MAX_RECORD_BYTES)) {
    if (isFirst && /^\s*\[/.test(line.toString('latin1'))) {
      throw new Error('it begins with a JSON list: give one object a line');
    }
    isFirst = false;
    yield write(line);
  }
}

async function* readCsv(
  source: AsyncIterable<Buffer>,
  check: (columns: string[]) => string[],
  write: (fields: Record<string, unknown>) => Buffer,
): AsyncGenerator<Buffer> {
  const options = {
    columns: check,
    bom: true,
    skip_empty_lines: true,
    // A line with too few or too many fields becomes the event that it makes, and is judged like any other.
    relax_column_count: true,
    max_record_size: MAX_RECORD_BYTES,
  };
  const rows: AsyncIterable<Record<string, unknown>> = pipeline(source, refuseOtherEncodings, parse(options), ignore);
  for await (const row of rows) yield write(row);
}

/** Other encodings would be stored with U+FFFD in the place of their letters, and nobody would know. */
async function* refuseOtherEncodings(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  const decode = (chunk?: Buffer) => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw new Error(`it is not UTF-8 behind byte ${bytes}: convert it first (iconv -t UTF-8)`, { cause });
    }
  };
  for await (const chunk of source) {
    decode(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  decode();
}

async function* nameFailures(file: SourceFile, values: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* values;
  } catch (cause) {
    throw describeFailure(file, cause);
  }
}

function describeFailure({ name }: SourceFile, cause: unknown): TidemarkError {
  if (cause instanceof TidemarkError) return cause;
  // Only a failure of the system, such as a connection that breaks off, may go away.
  const retryable = cause instanceof Error && 'syscall' in cause;
  return new SourceError(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { retryable, cause });
}
