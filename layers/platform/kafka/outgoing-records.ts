import { Partitioners, type PartitionMetadata } from 'kafkajs';

/** A record on its way to a topic. */
export interface OutgoingRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[];
  /** Where a record without a key goes, if the topic has that partition; without it, in turns. */
  readonly partition?: number;
}

/** What one send carries: kafkajs groups messages in quadratic time, and the broker takes a megabyte at once. */
const MAX_SEND_RECORDS = 1_000;
const MAX_SEND_BYTES = 512 * 1024;

/** By partition, the indexes of its records in their order: by the key's murmur2 hash, as every other client does. */
export function groupByPartition(
  topic: string,
  records: readonly OutgoingRecord[],
  partitionMetadata: readonly { partitionId: number; leader: number }[],
): Map<number, number[]> {
  const metadata = partitionMetadata as PartitionMetadata[];
  const known = new Set(metadata.map(({ partitionId }) => partitionId));
  const choosePartition = Partitioners.DefaultPartitioner();
  const groups = new Map<number, number[]>();
  for (const [index, { key, value, partition }] of records.entries()) {
    const isPlaced = key === null && partition !== undefined && known.has(partition);
    const chosen = isPlaced
      ? partition
      : choosePartition({ topic, partitionMetadata: metadata, message: { key, value } });
    const group = groups.get(chosen);
    if (group === undefined) groups.set(chosen, [index]);
    else group.push(index);
  }
  return groups;
}

export interface Send {
  readonly indexes: readonly number[];
  /** One record that alone is beyond what a send should carry: to be compressed. */
  readonly isLarge: boolean;
}

/** Cuts the records of a partition into sends, in order. */
export function* splitIntoSends(indexes: readonly number[], records: readonly OutgoingRecord[]): Generator<Send> {
  let group: number[] = [];
  let bytes = 0;
  for (const index of indexes) {
    const size = bytesOf(records[index]);
    if (group.length > 0 && (group.length === MAX_SEND_RECORDS || bytes + size > MAX_SEND_BYTES)) {
      yield { indexes: group, isLarge: bytes > MAX_SEND_BYTES };
      group = [];
      bytes = 0;
    }
    group.push(index);
    bytes += size;
  }
  if (group.length > 0) yield { indexes: group, isLarge: bytes > MAX_SEND_BYTES };
}

function bytesOf(record: OutgoingRecord | undefined): number {
  return (record?.key?.length ?? 0) + (record?.value?.length ?? 0);
}
