/** A record of a batch to encode. */
export interface RecordToEncode {
  key?: Buffer | null;
  value?: Buffer | null;
  headers?: readonly (readonly [string, Buffer | null])[];
}

/** A record batch to encode; times in epoch milliseconds. */
export interface BatchToEncode {
  baseOffset: number;
  records: readonly RecordToEncode[];
  /** Defaults to the last record's; larger where compaction removed records. */
  lastOffsetDelta?: number;
  attributes?: number;
  baseTimestamp?: number;
  maxTimestamp?: number;
  producerId?: number;
  magic?: number;
  /** Compresses the encoded records; the attributes must say how. */
  compress?: (records: Buffer) => Uint8Array;
}

export const TRANSACTIONAL = 0x10;
export const CONTROL = 0x20;

/** Writes a record batch from the format's documentation, apart from the reader under test. Record n is n ms late. */
export function encodeBatch(batch: BatchToEncode): Buffer {
  const { records, compress = (data: Buffer) => data } = batch;
  const recordData = compress(Buffer.concat(records.map(encodeRecord)));
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(batch.baseOffset), 0);
  header.writeInt32BE(header.length - 12 + recordData.length, 8);
  header.writeInt8(batch.magic ?? 2, 16);
  header.writeInt16BE(batch.attributes ?? 0, 21);
  header.writeInt32BE(batch.lastOffsetDelta ?? records.length - 1, 23);
  header.writeBigInt64BE(BigInt(batch.baseTimestamp ?? 0), 27);
  header.writeBigInt64BE(BigInt(batch.maxTimestamp ?? 0), 35);
  header.writeBigInt64BE(BigInt(batch.producerId ?? -1), 43);
  header.writeInt32BE(records.length, 57);
  return Buffer.concat([header, recordData]);
}

/** A transaction's end, as the broker writes it. */
export function encodeMarker(baseOffset: number, producerId: number, end: 'commit' | 'abort'): Buffer {
  const key = Buffer.from([0, 0, 0, end === 'commit' ? 1 : 0]);
  const records = [{ key, value: Buffer.alloc(6) }];
  return encodeBatch({ baseOffset, producerId, records, attributes: TRANSACTIONAL | CONTROL });
}

function encodeRecord({ key = null, value = null, headers = [] }: RecordToEncode, index: number): Buffer {
  const body = Buffer.concat([
    Buffer.from([0]),
    encodeVarint(index),
    encodeVarint(index),
    encodeBytes(key),
    encodeBytes(value),
    encodeVarint(headers.length),
    ...headers.flatMap(([name, content]) => [encodeBytes(Buffer.from(name)), encodeBytes(content)]),
  ]);
  return Buffer.concat([encodeVarint(body.length), body]);
}

function encodeBytes(bytes: Buffer | null): Buffer {
  return bytes ? Buffer.concat([encodeVarint(bytes.length), bytes]) : encodeVarint(-1);
}

/** Zigzag, 7 bits a byte, lowest first. */
export function encodeVarint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
