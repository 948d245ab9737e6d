import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { COMPRESSION, decompressRecords, registerCodecs } from '@tidemark/platform/kafka/codecs';
import compression from 'kafkajs/src/protocol/message/compression/index.js';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';

const PLAIN = Buffer.from('tidemark '.repeat(5_000));
/** `printf tidemark | zstd`, which states no content size: Java's and librdkafka's streams do the same. */
const ZSTD_OF_TIDEMARK = Buffer.from('28b52ffd0458410000746964656d61726b5b27ccba', 'hex');

describe('the codecs', () => {
  it('read gzip, lz4 frames, and zstd', () => {
    expect(decompressRecords(COMPRESSION.gzip, gzipSync(PLAIN))).toEqual(PLAIN);
    expect(decompressRecords(COMPRESSION.lz4, compressFrameSync(PLAIN))).toEqual(PLAIN);
    expect(decompressRecords(COMPRESSION.zstd, ZSTD_OF_TIDEMARK).toString()).toBe('tidemark');
    expect(decompressRecords(COMPRESSION.none, PLAIN)).toBe(PLAIN);
  });

  it("read snappy bare, as librdkafka writes it, and in chunks, as Java's client does", () => {
    expect(decompressRecords(COMPRESSION.snappy, compressSync(PLAIN))).toEqual(PLAIN);
    expect(decompressRecords(COMPRESSION.snappy, frameAsXerial([PLAIN.subarray(0, 7), PLAIN.subarray(7)]))).toEqual(
      PLAIN,
    );
  });

  it('throw on broken data instead of giving less of it', () => {
    const framed = frameAsXerial([PLAIN]);
    expect(() => decompressRecords(COMPRESSION.snappy, framed.subarray(0, -3))).toThrow();
    expect(() => decompressRecords(COMPRESSION.gzip, gzipSync(PLAIN).subarray(0, 40))).toThrow();
    expect(() => decompressRecords(COMPRESSION.lz4, compressFrameSync(PLAIN).subarray(0, 40))).toThrow();
    expect(() => decompressRecords(COMPRESSION.zstd, ZSTD_OF_TIDEMARK.subarray(0, 12))).toThrow();
  });

  it.each(['snappy', 'lz4'] as const)('let kafkajs write and read %s', async (name) => {
    registerCodecs();
    const codec = compression.Codecs[COMPRESSION[name]]?.();
    const compressed = await codec?.compress({ buffer: PLAIN });
    expect(compressed?.length).toBeLessThan(PLAIN.length);
    expect(await codec?.decompress(compressed ?? Buffer.alloc(0))).toEqual(PLAIN);
  });

  it('say that zstd cannot be written', async () => {
    registerCodecs();
    const codec = compression.Codecs[COMPRESSION.zstd]?.();
    await expect(codec?.compress({ buffer: PLAIN })).rejects.toThrow(/produce with gzip, snappy or lz4/);
  });
});

/** snappy-java's stream: magic, version, compatible version, then length and block of each chunk. */
function frameAsXerial(chunks: readonly Buffer[]): Buffer {
  const header = Buffer.from('82534e41505059000000000100000001', 'hex');
  const framed = chunks.flatMap((chunk) => {
    const block = compressSync(chunk);
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    return [length, block];
  });
  return Buffer.concat([header, ...framed]);
}
