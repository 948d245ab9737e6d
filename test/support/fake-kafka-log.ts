import {
  type KafkaLog,
  type KafkaRecord,
  OffsetOutOfRange,
  type PartitionOffsets,
} from '../../layers/platform/kafka/log.ts';

/** What a partition holds at one offset: a record, or nothing that a reader sees (a transaction's marker). */
export type Slot = Pick<KafkaRecord, 'key' | 'value' | 'headers' | 'timestamp'> | 'marker';

/** Kafka as arrays: one per partition, whose index is the offset. */
export interface FakeKafkaLog extends KafkaLog {
  readonly partitions: Slot[][];
  /** Deleted by retention, by partition. */
  readonly logStarts: Map<number, number>;
  /** Of the trigger's group, by partition. */
  readonly committedOffsets: Map<number, number>;
}

/** A topic without records; `chunkOffsets` is how many offsets one fetch brings. */
export function createFakeKafkaLog({ partitions = 1, chunkOffsets = 3 } = {}): FakeKafkaLog {
  const slots: Slot[][] = Array.from({ length: partitions }, () => []);
  const logStarts = new Map<number, number>();
  const committedOffsets = new Map<number, number>();
  const boundsOf = (partition: number): PartitionOffsets => {
    const end = slots[partition]?.length ?? 0;
    return { partition, logStart: logStarts.get(partition) ?? 0, lastStable: end, highWatermark: end };
  };
  const recordsOf = (topic: string, partition: number, from: number, to: number): KafkaRecord[] =>
    (slots[partition] ?? []).slice(from, to).flatMap((slot, index) => {
      if (slot === 'marker') return [];
      return [{ ...slot, topic, partition, offset: from + index, timestampType: 'LOG_APPEND_TIME' as const }];
    });
  return {
    partitions: slots,
    logStarts,
    committedOffsets,
    offsets: async () => slots.map((_slots, partition) => boundsOf(partition)),
    committed: async () => new Map(committedOffsets),
    async *read({ topic, partition, from, to }) {
      for (let offset = from; offset < to; offset += chunkOffsets) {
        const { logStart, highWatermark } = boundsOf(partition);
        if (offset < logStart) throw new OffsetOutOfRange({ topic, partition, offset, logStart, highWatermark });
        const nextOffset = Math.min(to, offset + chunkOffsets);
        yield { records: recordsOf(topic, partition, offset, nextOffset), nextOffset };
      }
    },
    recordAt: async (topic, partition, offset) => {
      const { logStart, lastStable } = boundsOf(partition);
      return recordsOf(topic, partition, Math.max(offset, logStart), lastStable)[0];
    },
    timestampSource: async () => 'LogAppendTime',
    close: async () => {},
  };
}
