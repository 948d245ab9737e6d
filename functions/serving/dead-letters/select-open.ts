import type { SourceRecord } from '@tidemark/domains/outcome';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { toCondition } from './condition.ts';
import type { DeadLetterFilter } from './requests.ts';

/** How many positions are asked for at once, and how many bytes of values are held. */
const PAGE_RECORDS = 1_000;
const MAX_CHUNK_BYTES = 8 * 1024 * 1024;

export interface OpenPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export interface OpenRange {
  readonly maxRecords: number;
  /** Begins behind this one; from the first where undefined. */
  readonly after: OpenPosition | undefined;
}

/**
 * The open dead letters that a filter lets pass, in their order and in chunks; those whose replay nobody has followed
 * up yet are left out. What changes meanwhile behind the reader is not seen twice.
 */
export async function* selectOpen(
  filter: DeadLetterFilter & { readonly stream: string },
  { maxRecords, after: start }: OpenRange,
  clickhouse: ClickHouse,
): AsyncGenerator<readonly OpenPosition[]> {
  const condition = toCondition(filter);
  let after: OpenPosition = start ?? { topic: '', partition: 0, offset: 0 };
  for (let left = maxRecords; left > 0; ) {
    const limit = Math.min(left, PAGE_RECORDS);
    const { rows } = await clickhouse.query<OpenPosition & { bytes: number }>(
      `SELECT topic, _partition AS partition, _offset AS offset, toUInt64(ifNull(length(value), 0)) AS bytes
       FROM tidemark.dead_letters_by_state
       WHERE ${condition.sql} AND state = 'open' AND NOT is_pending
         AND (topic, _partition, _offset) > ({after_topic:String}, {after_partition:UInt32}, {after_offset:UInt64})
       ORDER BY topic, _partition, _offset LIMIT {limit:UInt32}`,
      {
        ...condition.params,
        after_topic: after.topic,
        after_partition: after.partition,
        after_offset: after.offset,
        limit,
      },
    );
    yield* chunk(rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    after = last;
    left -= rows.length;
  }
}

/** The records of these dead letters of one stream, as they were. */
export async function readRecords(
  stream: string,
  positions: readonly OpenPosition[],
  clickhouse: ClickHouse,
): Promise<SourceRecord[]> {
  const { rows } = await clickhouse.query<RecordRow>(
    `SELECT topic, _partition AS partition, _offset AS offset, toUnixTimestamp64Milli(_timestamp) AS timestamp_ms,
       base64Encode(key) AS key_base64, base64Encode(value) AS value_base64, headers
     FROM tidemark.dead_letters FINAL
     WHERE stream = {stream:String} AND (topic, _partition, _offset) IN (
       SELECT arrayJoin(arrayZip({topics:Array(String)}, {partitions:Array(UInt32)}, {offsets:Array(UInt64)}))
     )
     ORDER BY topic, _partition, _offset`,
    {
      stream,
      topics: positions.map(({ topic }) => topic),
      partitions: positions.map(({ partition }) => partition),
      offsets: positions.map(({ offset }) => offset),
    },
  );
  return rows.map(({ timestamp_ms, key_base64, value_base64, headers, ...position }) => ({
    ...position,
    timestamp: timestamp_ms,
    key: decode(key_base64),
    value: decode(value_base64),
    headers: headers.map((header) => [header.name, decode(header.value_base64)] as const),
  }));
}

interface RecordRow extends OpenPosition {
  readonly timestamp_ms: number;
  readonly key_base64: string | null;
  readonly value_base64: string | null;
  readonly headers: readonly { readonly name: string; readonly value_base64: string | null }[];
}

function* chunk(rows: readonly (OpenPosition & { bytes: number })[]): Generator<readonly OpenPosition[]> {
  let group: OpenPosition[] = [];
  let bytes = 0;
  for (const { bytes: size, ...position } of rows) {
    if (group.length > 0 && bytes + size > MAX_CHUNK_BYTES) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(position);
    bytes += size;
  }
  if (group.length > 0) yield group;
}

function decode(base64: string | null): Buffer | null {
  return base64 === null ? null : Buffer.from(base64, 'base64');
}
