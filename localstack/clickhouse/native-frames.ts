import { cityHash128 } from './city-hash.ts';

const METHOD_LZ4 = 0x82;
const CHECKSUM_BYTES = 16;
const HEADER_BYTES = 9;

/**
 * Wraps bytes into a frame of ClickHouse's native compression, which a client asks for by `compress=1`: checksum,
 * method, size with header, size of the contents, LZ4 block. The block holds one run of literals: on a loopback
 * connection the format matters and the size does not.
 * Source: https://clickhouse.com/docs/native-protocol/compression (read 2026-11-21).
 */
export function writeNativeFrame(contents: Uint8Array): Buffer {
  const prefix = writeLiteralLength(contents.byteLength);
  const compressedBytes = HEADER_BYTES + prefix.byteLength + contents.byteLength;
  const frame = Buffer.allocUnsafe(CHECKSUM_BYTES + compressedBytes);
  frame.writeUInt8(METHOD_LZ4, CHECKSUM_BYTES);
  frame.writeUInt32LE(compressedBytes, CHECKSUM_BYTES + 1);
  frame.writeUInt32LE(contents.byteLength, CHECKSUM_BYTES + 5);
  frame.set(prefix, CHECKSUM_BYTES + HEADER_BYTES);
  frame.set(contents, CHECKSUM_BYTES + HEADER_BYTES + prefix.byteLength);
  const [low, high] = cityHash128(frame.subarray(CHECKSUM_BYTES));
  frame.writeBigUInt64LE(low, 0);
  frame.writeBigUInt64LE(high, 8);
  return frame;
}

/** LZ4's token and length bytes for a last run of literals: 15 in the token, then bytes of 255, then the rest. */
function writeLiteralLength(length: number): Uint8Array {
  if (length < 15) return Uint8Array.of(length << 4);
  const rest = length - 15;
  const bytes = new Uint8Array(2 + Math.floor(rest / 255)).fill(255);
  bytes[0] = 0xf0;
  bytes[bytes.length - 1] = rest % 255;
  return bytes;
}
