import { decompressRecords } from './codecs.ts';
import { WireReader } from './wire-reader.ts';

/** One record as Kafka stores it. */
export interface KafkaRecord {
  topic: string;
  partition: number;
  offset: number;
  /** Epoch milliseconds: of the append when the topic uses LogAppendTime, else as the producer said. */
  timestamp: number;
  timestampType: 'CREATE_TIME' | 'LOG_APPEND_TIME';
  key: Buffer | null;
  value: Buffer | null;
  /** In the producer's order, repeats included. */
  headers: readonly (readonly [string, Buffer | null])[];
}

/** A transaction that the broker reports as aborted: its producer's records from there to its abort marker are void. */
export interface AbortedTransaction {
  producerId: number;
  firstOffset: number;
}

/** Consecutive offsets of a partition that a consumer passes together. */
export interface FetchedBatch {
  /** The first offset after the batch: progress, also where no record is left. */
  nextOffset: number;
  /** Empty for control batches, aborted ones and those that compaction emptied. */
  records: KafkaRecord[];
}

/** Positions in the header of a batch of magic 2. */
const AT = { length: 8, magic: 16, attributes: 21, lastOffsetDelta: 23, baseTimestamp: 27, records: 57 } as const;
const HEADER_BYTES = 61;
/** The bytes before the length field ends: baseOffset and the field itself. */
const LENGTH_PREFIX_BYTES = 12;
const ATTRIBUTE = { compression: 0x07, logAppendTime: 0x08, transactional: 0x10, control: 0x20 } as const;
const NO_HEADERS: KafkaRecord['headers'] = [];

/**
 * Decodes what a fetch returned for one partition and leaves out what `aborted` voids.
 *
 * A batch may begin below the offset that was asked for. An incomplete batch at the end is left for the next fetch.
 * Aborted: every transaction whose first offset has been reached is open until its producer's abort marker, however
 * many overlap; a whole batch belongs to one producer, so void batches are not even decompressed.
 *
 * Errors: throws on a batch of magic 0 or 1 (written before Kafka 0.11) and on broken data.
 * Source: https://kafka.apache.org/43/implementation/message-format/
 */
export function decodeRecordBatches(
  topic: string,
  partition: number,
  data: Buffer,
  aborted: readonly AbortedTransaction[],
): FetchedBatch[] {
  const batches: FetchedBatch[] = [];
  const upcoming = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const openProducers = new Set<number>();
  for (let start = 0; start + HEADER_BYTES <= data.length; ) {
    const end = start + LENGTH_PREFIX_BYTES + data.readInt32BE(start + AT.length);
    if (end > data.length) break;
    const batch = readBatch(data.subarray(start, end));
    while (upcoming[0] && upcoming[0].firstOffset <= batch.lastOffset) {
      openProducers.add(upcoming[0].producerId);
      upcoming.shift();
    }
    const isVoid = batch.isTransactional && openProducers.has(batch.producerId);
    if (batch.isControl && isAbortMarker(batch)) openProducers.delete(batch.producerId);
    const records = batch.isControl || isVoid ? [] : decodeRecords(topic, partition, batch);
    batches.push({ nextOffset: batch.lastOffset + 1, records });
    start = end;
  }
  return batches;
}

type Batch = ReturnType<typeof readBatch>;

function readBatch(data: Buffer) {
  const magic = data[AT.magic];
  if (magic !== 2) throw new Error(`record batches of format ${magic} (before Kafka 0.11) cannot be read`);
  const reader = new WireReader(data);
  const baseOffset = reader.readInt64();
  reader.skip(AT.attributes - LENGTH_PREFIX_BYTES + 4);
  const attributes = reader.readInt16();
  const lastOffset = baseOffset + reader.readInt32();
  const baseTimestamp = reader.readInt64();
  const maxTimestamp = reader.readInt64();
  const producerId = reader.readInt64();
  return {
    baseOffset,
    lastOffset,
    baseTimestamp,
    maxTimestamp,
    producerId,
    compression: attributes & ATTRIBUTE.compression,
    isLogAppendTime: (attributes & ATTRIBUTE.logAppendTime) !== 0,
    isTransactional: (attributes & ATTRIBUTE.transactional) !== 0,
    isControl: (attributes & ATTRIBUTE.control) !== 0,
    recordCount: data.readInt32BE(AT.records),
    recordData: data.subarray(HEADER_BYTES),
  };
}

/** A control record's key is a version and a type, both 16 bits; type 0 is an abort, 1 a commit. */
function isAbortMarker({ recordData, recordCount }: Batch): boolean {
  if (recordCount === 0) return false;
  const reader = new WireReader(recordData);
  const { key } = readRecord(reader);
  return key !== null && key.readInt16BE(2) === 0;
}

function decodeRecords(topic: string, partition: number, batch: Batch): KafkaRecord[] {
  const reader = new WireReader(decompressRecords(batch.compression, batch.recordData));
  const timestampType = batch.isLogAppendTime ? 'LOG_APPEND_TIME' : 'CREATE_TIME';
  const records: KafkaRecord[] = [];
  for (let index = 0; index < batch.recordCount; index += 1) {
    const { timestampDelta, offsetDelta, key, value, headers } = readRecord(reader);
    const timestamp = batch.isLogAppendTime ? batch.maxTimestamp : batch.baseTimestamp + timestampDelta;
    records.push({
      topic,
      partition,
      offset: batch.baseOffset + offsetDelta,
      timestamp,
      timestampType,
      key,
      value,
      headers,
    });
  }
  return records;
}

function readRecord(reader: WireReader) {
  reader.readVarint(); // the record's length: its fields delimit themselves
  reader.skip(1); // attributes, unused so far
  return {
    timestampDelta: reader.readVarint(),
    offsetDelta: reader.readVarint(),
    key: reader.readVarintBytes(),
    value: reader.readVarintBytes(),
    headers: readHeaders(reader),
  };
}

function readHeaders(reader: WireReader): KafkaRecord['headers'] {
  const count = reader.readVarint();
  if (count === 0) return NO_HEADERS;
  return Array.from({ length: count }, () => {
    const key = reader.readVarintBytes() ?? Buffer.alloc(0);
    return [key.toString('utf8'), reader.readVarintBytes()] as const;
  });
}
