import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { DeadLetter, DeadLetterPage } from './answers.ts';
import { toCondition } from './condition.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { ListRequest } from './requests.ts';

/**
 * Lists dead letters in the order of stream, topic, partition and offset, without their bytes.
 *
 * @throws Problem 400 for a cursor that is none
 */
export async function listDeadLetters(
  { state, limit, cursor, ...filter }: ListRequest,
  clickhouse: ClickHouse,
): Promise<DeadLetterPage> {
  const condition = toCondition(filter);
  const isWanted = `${condition.sql}${state === 'all' ? '' : ' AND state = {state:String}'}`;
  const params = { ...condition.params, ...(state !== 'all' && { state }) };
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const isAfter =
    after === undefined
      ? 'true'
      : '(stream, topic, _partition, _offset) > ({after_stream:String}, {after_topic:String}, {after_partition:UInt32}, {after_offset:UInt64})';
  const [page, counts] = await Promise.all([
    clickhouse.query<DeadLetter>(
      `SELECT stream, topic, _partition AS partition, _offset AS offset, _timestamp AS timestamp, reason, detail,
         length(value) AS value_bytes, first_seen, state, comment, acted_at, new_partition, new_offset
       FROM tidemark.dead_letters_by_state WHERE ${isWanted} AND ${isAfter}
       ORDER BY stream, topic, _partition, _offset LIMIT {limit:UInt32}`,
      {
        ...params,
        ...(after && {
          after_stream: after.stream,
          after_topic: after.topic,
          after_partition: after.partition,
          after_offset: after.offset,
        }),
        limit: limit + 1,
      },
    ),
    clickhouse.query<DeadLetterPage['counts'][number]>(
      `SELECT stream, reason, state, count() AS records FROM tidemark.dead_letters_by_state
       WHERE ${isWanted} GROUP BY stream, reason, state ORDER BY stream, records DESC, reason, state`,
      params,
    ),
  ]);
  const data = page.rows.slice(0, limit);
  const last = data.at(-1);
  return {
    data,
    counts: counts.rows,
    next_cursor: page.rows.length > limit && last !== undefined ? writeCursor(last) : null,
  };
}
