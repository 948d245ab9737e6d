import type { Cluster } from './cluster.ts';

/** What one partition holds: `[logStart, highWatermark)`, of which readers of committed records see up to `lastStable`. */
export interface PartitionOffsets {
  partition: number;
  logStart: number;
  /** The first offset of the oldest open transaction, else the high watermark. */
  lastStable: number;
  highWatermark: number;
}

const LOG_START = -2;
const LOG_END = -1;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;

/** The offsets of every partition, in partition order. Asked one after the other, so that each bounds the next. */
export async function listPartitionOffsets(cluster: Cluster, topic: string): Promise<PartitionOffsets[]> {
  const logStart = await listOffsets(cluster, topic, LOG_START, READ_UNCOMMITTED);
  const lastStable = await listOffsets(cluster, topic, LOG_END, READ_COMMITTED);
  const highWatermark = await listOffsets(cluster, topic, LOG_END, READ_UNCOMMITTED);
  return listPartitions(cluster, topic).map((partition) => ({
    partition,
    logStart: logStart.get(partition) ?? 0,
    lastStable: lastStable.get(partition) ?? 0,
    highWatermark: highWatermark.get(partition) ?? 0,
  }));
}

/** How far a writer or loader has come: what it said in its last committed transaction. */
export interface Progress {
  readonly position: number;
  /** At most 4 KB. */
  readonly note: string;
}

/** The progress that a group keeps as its offset on partition 0 of the topic; undefined where it has none. */
export async function fetchProgress(cluster: Cluster, groupId: string, topic: string): Promise<Progress | undefined> {
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions: [{ partition: 0 }] }] });
  const committed = responses[0]?.partitions[0];
  if (committed === undefined || Number(committed.offset) < 0) return undefined;
  return { position: Number(committed.offset), note: committed.metadata ?? '' };
}

/** The group's committed offsets (the next one it will read); a partition without a commit is absent. */
export async function fetchCommittedOffsets(cluster: Cluster, groupId: string, topic: string) {
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const partitions = listPartitions(cluster, topic).map((partition) => ({ partition }));
  const { responses } = await coordinator.offsetFetch({ groupId, topics: [{ topic, partitions }] });
  const committed = toOffsetMap(responses);
  for (const [partition, offset] of committed) if (offset < 0) committed.delete(partition);
  return committed;
}

async function listOffsets(cluster: Cluster, topic: string, timestamp: -1 | -2, isolationLevel: 0 | 1) {
  const metadata = cluster.findTopicPartitionMetadata(topic);
  const leaders = [...new Set(metadata.map(({ leader }) => leader))];
  const answers = leaders.map(async (leader) => {
    const broker = await cluster.findBroker({ nodeId: String(leader) });
    const led = metadata.filter((each) => each.leader === leader);
    const partitions = led.map(({ partitionId }) => ({ partition: partitionId, timestamp }));
    return (await broker.listOffsets({ isolationLevel, topics: [{ topic, partitions }] })).responses;
  });
  return toOffsetMap((await Promise.all(answers)).flat());
}

function listPartitions(cluster: Cluster, topic: string): number[] {
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
  return partitions.sort((a, b) => a - b);
}

function toOffsetMap(topics: { partitions: { partition: number; offset: string }[] }[]): Map<number, number> {
  return new Map(topics.flatMap(({ partitions }) => partitions.map((each) => [each.partition, Number(each.offset)])));
}
