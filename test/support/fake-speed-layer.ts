import type { ClickHouse, Row } from '../../layers/platform/clickhouse.ts';
import { createRecordingClickHouse, type RecordingClickHouse } from './recording-clickhouse.ts';

type Values = Record<string, unknown>;

/** A ClickHouse that keeps the hot table and the dead letters by position, as its ReplacingMergeTrees do. */
export interface FakeSpeedLayer extends RecordingClickHouse {
  /** By `partition:offset`. */
  readonly hotRows: Map<string, Values>;
  /** By `partition:offset`; the first copy stays. */
  readonly deadLetters: Map<string, Values>;
  /** Rows of tidemark.schema_versions. */
  readonly schemaVersions: Values[];
}

/** Answers what compaction asks of the tables of `retail_events`; other queries have no rows. */
export function createFakeSpeedLayer(): FakeSpeedLayer {
  const recording = createRecordingClickHouse();
  const hotRows = new Map<string, Values>();
  const deadLetters = new Map<string, Values>();
  const schemaVersions: Values[] = [];

  const answer = (sql: string): Values[] => {
    if (sql.includes('min(toInt64(_offset))')) return firstOffsets([...hotRows.values(), ...deadLetters.values()]);
    if (sql.includes('FROM retail.retail_events_realtime FINAL')) return inRanges(sql, hotRows).map(toHotAnswer);
    if (sql.includes('FROM tidemark.dead_letters FINAL')) {
      const letters = inRanges(sql, deadLetters).map(toDeadLetterAnswer);
      return sql.includes('refused_by_storage')
        ? letters.filter(({ reason }) => reason === 'refused_by_storage')
        : letters;
    }
    if (sql.includes('FROM tidemark.schema_versions')) return furthestVersions(schemaVersions);
    return [];
  };
  const insert: ClickHouse['insert'] = async (table, columns, rows) => {
    for (const row of rows) {
      const values = toValues(columns, row);
      if (table === 'tidemark.schema_versions') schemaVersions.push(values);
      const position = `${values._partition}:${values._offset}`;
      if (table === 'retail.retail_events_realtime') hotRows.set(position, values);
      if (table === 'tidemark.dead_letters' && !deadLetters.has(position)) deadLetters.set(position, values);
    }
    await recording.insert(table, columns, rows);
  };
  return {
    ...recording,
    hotRows,
    deadLetters,
    schemaVersions,
    insert,
    query: async <T>(sql: string) => ({ rows: answer(sql) as T[], rowsRead: 0 }),
  };
}

function toValues(columns: readonly string[], row: Row): Values {
  return Object.fromEntries(columns.map((column, index) => [column, row[index]]));
}

/** The rows that a condition of `rangesCondition` lets pass. */
function inRanges(sql: string, rows: ReadonlyMap<string, Values>): Values[] {
  const ranges = [...sql.matchAll(/_partition = (\d+) AND _offset >= (\d+) AND _offset < (\d+)/g)].map((range) =>
    range.slice(1).map(Number),
  );
  const isIn = ({ _partition, _offset }: Values) =>
    ranges.some(([partition, from = 0, to = 0]) => {
      return _partition === partition && Number(_offset) >= from && Number(_offset) < to;
    });
  return [...rows.values()].filter(isIn);
}

/** The last row of each version that names offsets, if there is one. */
function furthestVersions(rows: readonly Values[]): Values[] {
  const offsets = new Map<number, object>();
  for (const { version, from_offsets } of rows) {
    const known = offsets.get(Number(version));
    if (known === undefined || Object.keys(known).length === 0) offsets.set(Number(version), from_offsets as object);
  }
  return [...offsets].sort(([a], [b]) => a - b).map(([version, found]) => ({ version, offsets: found }));
}

function firstOffsets(rows: readonly Values[]): Values[] {
  const first = new Map<unknown, number>();
  for (const { _partition, _offset } of rows) {
    first.set(_partition, Math.min(Number(_offset), first.get(_partition) ?? Number(_offset)));
  }
  return [...first].map(([partition, offset]) => ({ partition, first: offset }));
}

/** Decimals are strings and times ISO 8601, as `ClickHouse.query` gives them. */
function toHotAnswer(row: Values): Values {
  const toIso = (seconds: unknown) => new Date(Number(seconds) * 1000).toISOString();
  const { event_time, _timestamp, unit_price } = row;
  return { ...row, event_time: toIso(event_time), _timestamp: toIso(_timestamp), unit_price: String(unit_price) };
}

function toDeadLetterAnswer(row: Values): Values {
  return { ...row, partition: row._partition, offset: row._offset, timestamp_ms: row._timestamp };
}
