import { describe, expect, it } from '@jest/globals';
import { cityHash128 } from '../../../localstack/clickhouse/city-hash.ts';
import { writeNativeFrame } from '../../../localstack/clickhouse/native-frames.ts';

describe('writeNativeFrame', () => {
  it.each([1, 14, 15, 16, 269, 270, 271, 65_536])('wraps %i bytes so that LZ4 gives them back', (length) => {
    const contents = Buffer.alloc(length, 'ab');
    const frame = writeNativeFrame(contents);
    expect(frame.readUInt8(16)).toBe(0x82);
    expect(frame.readUInt32LE(17)).toBe(frame.length - 16);
    expect(frame.readUInt32LE(21)).toBe(length);
    expect(readLiterals(frame.subarray(25))).toEqual(contents);
  });

  it('begins with the checksum of what follows', () => {
    const frame = writeNativeFrame(Buffer.from('hello'));
    const [low, high] = cityHash128(frame.subarray(16));
    expect([frame.readBigUInt64LE(0), frame.readBigUInt64LE(8)]).toEqual([low, high]);
  });
});

/** Decodes an LZ4 block of one sequence without a match. */
function readLiterals(block: Buffer): Buffer {
  let position = 1;
  let length = block.readUInt8(0) >> 4;
  if (length === 15) {
    let more: number;
    do {
      more = block.readUInt8(position);
      position += 1;
      length += more;
    } while (more === 255);
  }
  expect(block.length - position).toBe(length);
  return block.subarray(position);
}
