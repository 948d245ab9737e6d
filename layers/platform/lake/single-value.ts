import { parseDecimal } from './column-type.ts';
import type { LakeType, LakeValue } from './definition.ts';

/**
 * One value in Iceberg's single-value binary form, as file bounds and partition summaries store it.
 * Source: https://iceberg.apache.org/spec/#binary-single-value-serialization (2026-11-21).
 */
export function encodeSingleValue(type: LakeType, value: NonNullable<LakeValue>): Buffer {
  switch (type) {
    case 'int':
    case 'date':
      return writeBytes(4, (bytes) => bytes.writeInt32LE(Number(value)));
    case 'long':
    case 'timestamptz':
    case 'timestamp':
      return writeBytes(8, (bytes) => bytes.writeBigInt64LE(BigInt(value as bigint)));
    case 'double':
      return writeBytes(8, (bytes) => bytes.writeDoubleLE(Number(value)));
    case 'boolean':
      return Buffer.of(value ? 1 : 0);
    case 'string':
      return Buffer.from(String(value));
    case 'uuid':
      return Buffer.from(String(value).replaceAll('-', ''), 'hex');
    case 'binary':
      return Buffer.from(value as Uint8Array);
    default:
      if (!parseDecimal(type)) throw new TypeError(`no lake type: ${type}`);
      return encodeUnscaled(BigInt(value as bigint));
  }
}

function writeBytes(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
}

/** Two's complement, big-endian, in the fewest bytes. */
function encodeUnscaled(unscaled: bigint): Buffer {
  const magnitude = unscaled < 0n ? -unscaled - 1n : unscaled;
  const lengthBytes = Math.floor(magnitude.toString(2).replace(/^0$/, '').length / 8) + 1;
  const hex = BigInt.asUintN(lengthBytes * 8, unscaled).toString(16);
  return Buffer.from(hex.padStart(lengthBytes * 2, '0'), 'hex');
}
