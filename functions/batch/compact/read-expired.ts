import type { DeadLetter, SourceRecord } from '@tidemark/domains/outcome';
import type { ReasonCode } from '@tidemark/domains/reason-codes';
import type { ColumnValue, Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { OffsetRanges } from '@tidemark/platform/tidemark';
import { rangesCondition } from '@tidemark/platform/tidemark';
import { createValidRecord, type KeptRecord } from './kept-records.ts';
import type { LakeRowCollector } from './lake-rows.ts';
import type { Gap } from './snapshot-summary.ts';

/** What the speed layer still has of offsets that Kafka has deleted. */
export interface Expired {
  readonly stored: ReadonlyMap<number, number>;
  readonly deadLetters: readonly DeadLetter[];
  /** For a bronze table: the rows of the hot table as records, whose bytes nobody has any more. */
  readonly validRecords: readonly KeptRecord[];
  readonly gaps: readonly Gap[];
}

/**
 * Compacts offsets below the log's start from the hot table and the dead letters; what neither has is a gap.
 * Transaction markers cannot be told from lost records here: they count into the gap.
 */
export async function readExpired(
  stream: Stream,
  ranges: OffsetRanges,
  rows: LakeRowCollector<unknown>,
  clickhouse: ClickHouse,
): Promise<Expired> {
  if (ranges.size === 0) return { stored: new Map(), deadLetters: [], validRecords: [], gaps: [] };
  const columns = stream.columns.map((column) => column.name).join(', ');
  const hot = await clickhouse.query<Record<string, unknown>>(
    `SELECT ${columns} FROM ${stream.database}.${stream.hotTable} FINAL WHERE ${rangesCondition(ranges)} ` +
      'ORDER BY _partition, _offset',
  );
  const deadLetters = await readDeadLetters(stream, ranges, clickhouse);
  const stored = new Map<number, number>();
  const validRecords: KeptRecord[] = [];
  const toValidRecord = createValidRecord(stream);
  for (const row of hot.rows) {
    const values = stream.columns.map((column) => decode(column.type, row[column.name]));
    rows.addValues(values);
    countIn(stored, Number(row._partition));
    if (stream.bronzeTable !== undefined)
      validRecords.push(toValidRecord(recordOf(stream, row), values, BYTES_EXPIRED));
  }
  const rejected = new Map<number, number>();
  for (const { record } of deadLetters) countIn(rejected, record.partition);
  const gaps = [...ranges].flatMap(([partition, { from, to }]) => {
    const offsets = to - from - (stored.get(partition) ?? 0) - (rejected.get(partition) ?? 0);
    return offsets > 0 ? [{ partition, from, to, offsets }] : [];
  });
  return { stored, deadLetters, validRecords, gaps };
}

/** Stands in the bronze table's `detail` where key, value and headers are missing. */
const BYTES_EXPIRED = 'Kafka had deleted the bytes before they were compacted';

function recordOf({ topic }: Stream, { _partition, _offset, _timestamp }: Record<string, unknown>): SourceRecord {
  const position = { partition: Number(_partition), offset: Number(_offset) };
  return { topic, ...position, timestamp: Date.parse(String(_timestamp)), key: null, value: null, headers: [] };
}

interface DeadLetterRow {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp_ms: number;
  readonly reason: ReasonCode;
  readonly detail: string;
  readonly key_base64: string | null;
  readonly value_base64: string | null;
  readonly headers: readonly { readonly name: string; readonly value_base64: string | null }[];
}

async function readDeadLetters(stream: Stream, ranges: OffsetRanges, clickhouse: ClickHouse): Promise<DeadLetter[]> {
  const { name, topic } = stream;
  const { rows } = await clickhouse.query<DeadLetterRow>(
    `SELECT _partition AS partition, _offset AS offset, toUnixTimestamp64Milli(_timestamp) AS timestamp_ms, reason,
       detail, base64Encode(key) AS key_base64, base64Encode(value) AS value_base64, headers
     FROM tidemark.dead_letters FINAL
     WHERE stream = {name:String} AND topic = {topic:String} AND ${rangesCondition(ranges)}
     ORDER BY _partition, _offset`,
    { name, topic },
  );
  return rows.map(({ partition, offset, timestamp_ms, reason, detail, key_base64, value_base64, headers }) => {
    const key = decodeBase64(key_base64);
    const value = decodeBase64(value_base64);
    const decoded = headers.map((header) => [header.name, decodeBase64(header.value_base64)] as const);
    const record = { topic, partition, offset, timestamp: timestamp_ms, key, value, headers: decoded };
    return { stream: name, record, reason, detail };
  });
}

function decodeBase64(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64');
}

function countIn(counts: Map<number, number>, partition: number): void {
  counts.set(partition, (counts.get(partition) ?? 0) + 1);
}

function decode(type: string, value: unknown): ColumnValue {
  if (value === null || value === undefined) return null;
  if (type === 'timestamptz') return Date.parse(String(value));
  return type === 'string' ? String(value) : Number(value);
}
