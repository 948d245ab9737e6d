import type { Stream } from '@tidemark/domains/stream';
import type { KafkaLog } from '@tidemark/platform/kafka/log';
import type { PartitionState } from './plan-ranges.ts';

/** Reads where each partition of the stream stands, and how long the trigger has been behind. */
export async function readPartitionStates(kafka: KafkaLog, stream: Stream, nowMs: number): Promise<PartitionState[]> {
  const [offsets, committed] = await Promise.all([
    kafka.offsets(stream.topic),
    kafka.committed(stream.consumerGroup, stream.topic),
  ]);
  return Promise.all(
    offsets.map(async ({ partition, logStart, lastStable }) => {
      const next = Math.max(committed.get(partition) ?? logStart, logStart);
      const oldest = next < lastStable ? await kafka.recordAt(stream.topic, partition, next) : undefined;
      return {
        partition,
        logStart,
        lastStable,
        committed: committed.get(partition),
        oldestUndeliveredMs: oldest === undefined ? undefined : nowMs - oldest.timestamp,
      };
    }),
  );
}
