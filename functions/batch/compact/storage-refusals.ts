import type { Rejection } from '@tidemark/domains/judge';
import type { RecordPosition, Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { OffsetRanges } from '@tidemark/platform/tidemark';
import { rangesCondition } from '@tidemark/platform/tidemark';

/**
 * Reads which records of the ranges ClickHouse refused although they were judged valid: the one verdict that does not
 * follow from the record. The speed layer reached it, and wrote it down before it committed the offset; the lake takes
 * it over, so that both layers hold the same events.
 */
export async function readStorageRefusals(
  { name, topic }: Stream,
  ranges: OffsetRanges,
  clickhouse: ClickHouse,
): Promise<(position: RecordPosition) => Rejection | undefined> {
  const { rows } = await clickhouse.query<{ partition: number; offset: number; detail: string }>(
    `SELECT _partition AS partition, _offset AS offset, detail FROM tidemark.dead_letters FINAL
     WHERE stream = {name:String} AND topic = {topic:String} AND reason = 'refused_by_storage'
       AND ${rangesCondition(ranges)}`,
    { name, topic },
  );
  const details = new Map(rows.map(({ partition, offset, detail }) => [`${partition}:${offset}`, detail]));
  return ({ partition, offset }) => {
    const detail = details.get(`${partition}:${offset}`);
    return detail === undefined ? undefined : { isValid: false, reason: 'refused_by_storage', detail };
  };
}
