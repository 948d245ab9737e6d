/**
 * Reads Kafka's wire types one after the other. 64-bit integers become numbers: offsets and times stay below 2^53.
 *
 * Source: https://kafka.apache.org/43/design/protocol/#protocol_types
 */
export class WireReader {
  readonly #data: Buffer;
  #position: number;

  constructor(data: Buffer) {
    this.#data = data;
    this.#position = 0;
  }

  readInt16(): number {
    const value = this.#data.readInt16BE(this.#position);
    this.#position += 2;
    return value;
  }

  readInt32(): number {
    const value = this.#data.readInt32BE(this.#position);
    this.#position += 4;
    return value;
  }

  readInt64(): number {
    const value = this.#data.readInt32BE(this.#position) * 2 ** 32 + this.#data.readUInt32BE(this.#position + 4);
    this.#position += 8;
    return value;
  }

  /** Zigzag, up to 64 bits; exact below 2^52. */
  readVarint(): number {
    let byte = this.#readByte();
    let raw = byte & 0x7f;
    for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
      byte = this.#readByte();
      raw += (byte & 0x7f) * scale;
    }
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  readString(): string {
    return this.#take(this.readInt16()).toString('utf8');
  }

  /** A view, not a copy. */
  readBytes(): Buffer {
    return this.#take(Math.max(0, this.readInt32()));
  }

  /** A view, not a copy; null as Kafka has it. */
  readVarintBytes(): Buffer | null {
    const length = this.readVarint();
    return length < 0 ? null : this.#take(length);
  }

  readArray<Item>(readItem: () => Item): Item[] {
    const items: Item[] = [];
    for (let count = this.readInt32(); count > 0; count -= 1) items.push(readItem());
    return items;
  }

  skip(bytes: number): void {
    this.#position += bytes;
  }

  #readByte(): number {
    const byte = this.#data[this.#position];
    if (byte === undefined) throw new RangeError('the data ends inside a number');
    this.#position += 1;
    return byte;
  }

  #take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#data.length) throw new RangeError('the data ends inside a field');
    const bytes = this.#data.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }
}
