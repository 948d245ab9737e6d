import { gunzipSync } from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';
import compression from 'kafkajs/src/protocol/message/compression/index.js';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import { compressSync, uncompressSync } from 'snappy';

/**
 * Compression types as a record batch and kafkajs's `send({ compression })` number them.
 * Source: https://kafka.apache.org/43/implementation/message-format/ (attributes, bits 0-2)
 */
export const COMPRESSION = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** Snappy has two dresses in Kafka: the Java client's stream of chunks behind this header, and the bare block. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** The magic, then two 32-bit version numbers. */
const XERIAL_HEADER_BYTES = 16;

const DECOMPRESS: Record<number, (data: Buffer) => Buffer> = {
  [COMPRESSION.gzip]: (data) => gunzipSync(data),
  [COMPRESSION.snappy]: decompressSnappy,
  [COMPRESSION.lz4]: (data) => decompressFrameSync(data),
  [COMPRESSION.zstd]: (data) => asBuffer(decompressZstd(data)),
};

/** Teaches kafkajs snappy, lz4 and zstd (it has gzip); zstd can be read, not written. A second call changes nothing. */
export function registerCodecs(): void {
  register(COMPRESSION.snappy, (data) => compressSync(data));
  register(COMPRESSION.lz4, (data) => compressFrameSync(data));
  register(COMPRESSION.zstd, () => {
    throw new Error('zstd can be read but not written here: produce with gzip, snappy or lz4');
  });
}

/** The records of a batch as bytes. Errors: throws on a type that Kafka does not define and on broken data. */
export function decompressRecords(type: number, data: Buffer): Buffer {
  if (type === COMPRESSION.none) return data;
  const decompress = DECOMPRESS[type];
  if (!decompress) throw new Error(`compression type ${type} is unknown`);
  return decompress(data);
}

function register(type: number, compress: (data: Buffer) => Buffer): void {
  compression.Codecs[type] = () => ({
    compress: async ({ buffer }) => compress(buffer),
    decompress: async (data) => decompressRecords(type, data),
  });
}

function decompressSnappy(data: Buffer): Buffer {
  if (!data.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return asBuffer(uncompressSync(data));
  const chunks: Uint8Array[] = [];
  for (let position = XERIAL_HEADER_BYTES; position < data.length; ) {
    const start = position + 4;
    position = start + data.readInt32BE(position);
    chunks.push(asBuffer(uncompressSync(data.subarray(start, position))));
  }
  return Buffer.concat(chunks);
}

function asBuffer(data: string | Uint8Array): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
