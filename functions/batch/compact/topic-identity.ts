import { createHash } from 'node:crypto';
import { TidemarkError } from '@tidemark/platform/errors';
import type { KafkaLog, KafkaRecord } from '@tidemark/platform/kafka/log';
import type { PartitionState } from './plan-ranges.ts';
import type { LastRecord, SnapshotSummary } from './snapshot-summary.ts';

/** The topic's offsets do not continue those that the lake holds: it was recreated or truncated. */
export class TopicMismatch extends TidemarkError {}

export function describeRecord({ offset, timestamp, key, value }: KafkaRecord): LastRecord {
  const hash = createHash('sha256')
    .update(String(timestamp))
    .update(key ?? '')
    .update('\0')
    .update(value ?? '');
  return { offset, timestamp, hash: hash.digest('base64url') };
}

/**
 * Checks that the topic is the one that the lake was made from: it has the partitions of the tidemark, each ends at or
 * above it, and the last record below it, if Kafka still has it, is the same.
 *
 * @throws TopicMismatch that says what to do
 */
export async function verifyTopic(
  kafka: KafkaLog,
  topic: string,
  partitions: readonly PartitionState[],
  { tidemark, lastRecords }: SnapshotSummary,
): Promise<void> {
  const existing = new Set(partitions.map(({ partition }) => partition));
  for (const partition of tidemark.keys()) {
    if (!existing.has(partition)) throw mismatch(topic, partition, 'does not exist');
  }
  for (const { partition, logStart, lastStable } of partitions) {
    const expectedEnd = tidemark.get(partition) ?? 0;
    if (lastStable < expectedEnd)
      throw mismatch(topic, partition, `ends at ${lastStable}, below the tidemark ${expectedEnd}`);
    const known = lastRecords.get(partition);
    if (known === undefined || known.offset < logStart) continue;
    const record = await kafka.recordAt(topic, partition, known.offset);
    const isSame = record?.offset === known.offset && describeRecord(record).hash === known.hash;
    if (isSame || (await isDeleted(kafka, topic, partition, known.offset))) continue;
    throw mismatch(topic, partition, `holds another record at offset ${known.offset} than the lake has`);
  }
}

/** Retention may take the record just now. */
async function isDeleted(kafka: KafkaLog, topic: string, partition: number, offset: number): Promise<boolean> {
  const bounds = (await kafka.offsets(topic)).find((each) => each.partition === partition);
  return bounds !== undefined && offset < bounds.logStart;
}

function mismatch(topic: string, partition: number, what: string): TopicMismatch {
  return new TopicMismatch(
    `partition ${partition} of topic ${topic} ${what}: the topic was recreated or truncated. Nothing was compacted. ` +
      'Point KAFKA_BROKERS at the right cluster, or start over with an empty lake and hot table (npm run reset).',
    { retryable: false },
  );
}
