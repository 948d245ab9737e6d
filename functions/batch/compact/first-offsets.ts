import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Tidemark } from '@tidemark/platform/tidemark';
import type { PartitionState } from './plan-ranges.ts';

/**
 * Where the lake begins in a partition that it does not know: where the speed layer began, if Kafka has deleted those
 * records since; such partitions are added to the tidemark. All others begin at the log's start.
 */
export async function addFirstOffsets(
  stream: Stream,
  tidemark: Tidemark,
  partitions: readonly PartitionState[],
  clickhouse: ClickHouse,
): Promise<Tidemark> {
  const isUnknown = ({ partition, logStart }: PartitionState) => !tidemark.has(partition) && logStart > 0;
  const unknown = new Map(partitions.filter(isUnknown).map(({ partition, logStart }) => [partition, logStart]));
  if (unknown.size === 0) return tidemark;
  const { rows } = await clickhouse.query<{ partition: number; first: number }>(
    `SELECT partition, min(lowest) AS first FROM (
       SELECT toInt64(_partition) AS partition, min(toInt64(_offset)) AS lowest
       FROM ${stream.database}.${stream.hotTable} GROUP BY partition
       UNION ALL
       SELECT toInt64(_partition) AS partition, min(toInt64(_offset)) AS lowest
       FROM tidemark.dead_letters WHERE stream = {stream:String} AND topic = {topic:String} GROUP BY partition
     ) GROUP BY partition`,
    { stream: stream.name, topic: stream.topic },
  );
  const below = rows.filter(({ partition, first }) => first < (unknown.get(partition) ?? 0));
  return new Map([...tidemark, ...below.map(({ partition, first }) => [partition, first] as const)]);
}
