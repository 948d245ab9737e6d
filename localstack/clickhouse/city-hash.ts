/**
 * CityHash128 of version 1.0.2, the checksum of ClickHouse's compressed frames (later versions differ).
 * Source: Google's CityHash (MIT), https://github.com/google/cityhash; checked against the JDBC driver's own.
 * Returns low and high half, unsigned.
 */
export function cityHash128(bytes: Uint8Array): [low: bigint, high: bigint] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength;
  if (length >= 16) {
    const seed: Pair = [read64(view, 0) ^ K3, read64(view, 8)];
    return hashWithSeed(new DataView(view.buffer, view.byteOffset + 16, length - 16), seed);
  }
  if (length >= 8) {
    const seed: Pair = [read64(view, 0) ^ wrap(BigInt(length) * K0), read64(view, length - 8) ^ K1];
    return hashWithSeed(new DataView(new ArrayBuffer(0)), seed);
  }
  return hashWithSeed(view, [K0, K1]);
}

type Pair = [bigint, bigint];

const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;
const K3 = 0xc949d7c7509e6557n;
const MULTIPLIER = 0x9ddfea08eb382d69n;
const BLOCK_BYTES = 128;

function hashWithSeed(view: DataView, seed: Pair): Pair {
  return view.byteLength < BLOCK_BYTES ? hashShort(view, seed) : hashLong(view, seed);
}

function hashShort(view: DataView, [seedLow, seedHigh]: Pair): Pair {
  const length = view.byteLength;
  let a = seedLow;
  let b = seedHigh;
  let c: bigint;
  let d: bigint;
  if (length <= 16) {
    a = wrap(mix(wrap(a * K1)) * K1);
    c = wrap(b * K1 + hashUpTo16(view));
    d = mix(wrap(a + (length >= 8 ? read64(view, 0) : c)));
  } else {
    c = combine(wrap(read64(view, length - 8) + K1), a);
    d = combine(wrap(b + BigInt(length)), wrap(c + read64(view, length - 16)));
    a = wrap(a + d);
    for (let position = 0; position < length - 16; position += 16) {
      a = wrap((a ^ wrap(mix(wrap(read64(view, position) * K1)) * K1)) * K1);
      b ^= a;
      c = wrap((c ^ wrap(mix(wrap(read64(view, position + 8) * K1)) * K1)) * K1);
      d ^= c;
    }
  }
  a = combine(a, c);
  b = combine(d, b);
  return [a ^ b, combine(b, a)];
}

function hashLong(view: DataView, [seedLow, seedHigh]: Pair): Pair {
  const length = view.byteLength;
  let x = seedLow;
  let y = seedHigh;
  let z = wrap(K1 * BigInt(length));
  let v: Pair = [wrap(rotate(y ^ K1, 49n) * K1 + read64(view, 0)), 0n];
  v[1] = wrap(rotate(v[0], 42n) * K1 + read64(view, 8));
  let w: Pair = [wrap(rotate(wrap(y + z), 35n) * K1 + x), wrap(rotate(wrap(x + read64(view, 88)), 53n) * K1)];

  let position = 0;
  // Whole blocks of 128 bytes, in two equal steps of 64.
  for (const end = length - (length % BLOCK_BYTES); position < end; position += 64) {
    x = wrap(rotate(wrap(x + y + v[0] + read64(view, position + 16)), 37n) * K1) ^ w[1];
    y = wrap(rotate(wrap(y + v[1] + read64(view, position + 48)), 42n) * K1) ^ v[0];
    z = rotate(z ^ w[0], 33n);
    v = hash32(view, position, wrap(v[1] * K1), wrap(x + w[0]));
    w = hash32(view, position + 32, wrap(z + w[1]), y);
    [x, z] = [z, x];
  }
  y = wrap(y + rotate(w[0], 37n) * K0 + z);
  x = wrap(x + rotate(wrap(v[0] + z), 49n) * K0);

  // What is left, in steps of 32 from the end, the last one reaching back into what was hashed before.
  for (let done = 0; done < length - position; ) {
    done += 32;
    y = wrap(rotate(wrap(y - x), 42n) * K0 + v[1]);
    w[0] = wrap(w[0] + read64(view, length - done + 16));
    x = wrap(rotate(x, 49n) * K0 + w[0]);
    w[0] = wrap(w[0] + v[0]);
    v = hash32(view, length - done, v[0], v[1]);
  }
  x = combine(x, v[0]);
  y = combine(y, w[0]);
  return [wrap(combine(wrap(x + v[1]), w[1]) + y), combine(wrap(x + w[1]), wrap(y + v[1]))];
}

function hashUpTo16(view: DataView): bigint {
  const length = view.byteLength;
  if (length > 8) {
    const last = read64(view, length - 8);
    return combine(read64(view, 0), rotate(wrap(last + BigInt(length)), BigInt(length))) ^ last;
  }
  if (length >= 4) {
    const first = BigInt(view.getUint32(0, true));
    return combine(wrap((first << 3n) + BigInt(length)), BigInt(view.getUint32(length - 4, true)));
  }
  if (length === 0) return K2;
  const head = view.getUint8(0) + view.getUint8(length >>> 1) * 256;
  const tail = length + view.getUint8(length - 1) * 4;
  return wrap(mix(wrap(BigInt(head) * K2) ^ wrap(BigInt(tail) * K3)) * K2);
}

function hash32(view: DataView, position: number, a: bigint, b: bigint): Pair {
  const start = wrap(a + read64(view, position));
  const last = read64(view, position + 24);
  const sum = wrap(start + read64(view, position + 8) + read64(view, position + 16));
  return [wrap(sum + last), wrap(rotate(wrap(b + start + last), 21n) + rotate(sum, 44n) + start)];
}

function combine(u: bigint, v: bigint): bigint {
  const a = mix(wrap((u ^ v) * MULTIPLIER));
  return wrap(mix(wrap((v ^ a) * MULTIPLIER)) * MULTIPLIER);
}

function mix(value: bigint): bigint {
  return value ^ (value >> 47n);
}

function rotate(value: bigint, shift: bigint): bigint {
  return (value >> shift) | wrap(value << (64n - shift));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function read64(view: DataView, position: number): bigint {
  return view.getBigUint64(position, true);
}
