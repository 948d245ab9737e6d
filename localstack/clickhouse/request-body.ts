import type { IncomingMessage } from 'node:http';
import { type Duplex, pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ClickHouseError } from './clickhouse-error.ts';
import type { Engine } from './engine.ts';
import type { Spool } from './spool.ts';
import { quoteString } from './sql-tokens.ts';

/** A request's bytes from the first on: the statement, and behind it perhaps data. */
export interface StatementText {
  /** The statement as far as it was read: all of it, or its first `limit` bytes. */
  head: Buffer;
  /** `head` is everything. */
  isComplete: boolean;
  /** What comes from byte `offset` on, to be read once. */
  readFrom(offset: number): AsyncIterable<Uint8Array>;
}

/** Reads the first `limitBytes` of `query`, a line break and the body, in the order in which ClickHouse joins them. */
export async function readStatement(
  query: string,
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<StatementText> {
  const chunks: Uint8Array[] = query === '' ? [] : [Buffer.from(`${query}\n`)];
  let byteLength = chunks[0]?.byteLength ?? 0;
  const iterator = body[Symbol.asyncIterator]();
  let isComplete = false;
  while (!isComplete && byteLength < limitBytes) {
    const next = await iterator.next();
    if (next.done) isComplete = true;
    else {
      chunks.push(next.value);
      byteLength += next.value.byteLength;
    }
  }
  const head = Buffer.concat(chunks);
  return {
    head,
    isComplete,
    async *readFrom(offset) {
      if (offset < head.length) yield head.subarray(offset);
      if (isComplete) return;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    },
  };
}

/** A body in the clear. */
export interface DecodedBody {
  bytes: AsyncIterable<Uint8Array>;
  /** Removes what decoding needed; to be called when the body has been read. */
  close(): Promise<void>;
}

/**
 * The body without its `Content-Encoding`: what Node can read streams through; lz4, zstd, xz and bz2 are unpacked by the
 * engine, which takes as much memory as the body has bytes. Throws NOT_IMPLEMENTED for every other coding.
 */
export async function decodeBody(request: IncomingMessage, engine: Engine, spool: Spool): Promise<DecodedBody> {
  const coding = request.headers['content-encoding'] ?? '';
  if (coding === '' || coding === 'identity') return { bytes: request, close: doNothing };
  const decoder = DECODERS[coding]?.();
  // The decoder carries any error of the request on; whoever reads the decoder sees it.
  if (decoder) return { bytes: pipeline(request, decoder, () => undefined), close: doNothing };
  if (ENGINE_CODINGS.has(coding)) return unpackByEngine(request, coding, engine, spool);
  throw new ClickHouseError(48, 'NOT_IMPLEMENTED', `Content-Encoding ${coding} is not supported here`);
}

const DECODERS: Record<string, () => Duplex> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};
const ENGINE_CODINGS = new Set(['lz4', 'zstd', 'xz', 'bz2']);
/** Bounds what a few bytes may unpack to. */
const MAX_UNPACKED_BYTES = 4_000_000_000;

async function doNothing(): Promise<void> {}

async function unpackByEngine(
  packed: AsyncIterable<Uint8Array>,
  coding: string,
  engine: Engine,
  spool: Spool,
): Promise<DecodedBody> {
  const file = await spool.write(packed);
  const from = `file(${quoteString(file.path)}, 'RawBLOB', 'bytes String', ${quoteString(coding)})`;
  const { output, done } = await engine.stream(
    { preparation: `SET max_memory_usage = ${MAX_UNPACKED_BYTES}`, isStateless: true },
    (path) => `SELECT bytes FROM ${from} INTO OUTFILE ${quoteString(path)} TRUNCATE FORMAT RawBLOB`,
  );
  return { bytes: readAll(output, done), close: () => file.remove() };
}

async function* readAll(output: AsyncIterable<Buffer>, done: Promise<unknown>): AsyncGenerator<Uint8Array> {
  yield* output;
  await done;
}
