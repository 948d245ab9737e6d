import type { Admin, Kafka } from 'kafkajs';
import type { Mapping, StartingPosition } from '../core/mapping.ts';

/**
 * Commits where a new group starts reading, once: a group that has any offset of a topic goes on from there, and
 * partitions that are added later are read from their first record. Without an early commit, LATEST would mean
 * another place after every restart until the first batch.
 * Rejects if the topic does not exist, or another member joined meanwhile.
 */
export async function establishStartingPosition(kafka: Kafka, mapping: Mapping): Promise<void> {
  const { startingPosition, consumerGroupId: groupId } = mapping;
  if (startingPosition.kind === 'TRIM_HORIZON') return;
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (const topic of mapping.topics) {
      const [known] = await admin.fetchOffsets({ groupId, topics: [topic] });
      if (known?.partitions.some(({ offset }) => Number(offset) >= 0)) continue;
      await admin.setOffsets({ groupId, topic, partitions: await findOffsets(admin, topic, startingPosition) });
    }
  } finally {
    await admin.disconnect();
  }
}

async function findOffsets(admin: Admin, topic: string, position: StartingPosition) {
  const found =
    position.kind === 'AT_TIMESTAMP'
      ? await admin.fetchTopicOffsetsByTimestamp(topic, position.timestampMs)
      : await admin.fetchTopicOffsets(topic);
  return found.map(({ partition, offset }) => ({ partition, offset }));
}
