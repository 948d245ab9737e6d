import type { Column, ColumnValue, RecordPosition, Stream } from './stream.ts';

/** Names of the hot table's columns that an insert gives, in the order of `toHotRow`. */
export function hotColumnsOf(stream: Stream): [string, ...string[]] {
  return stream.columns.map((column) => column.name) as [string, ...string[]];
}

/** An event as a row of its hot table, in the form that ClickHouse's JSON formats read without loss. */
export function toHotRow<Event>(stream: Stream<Event>, event: Event, position: RecordPosition): ColumnValue[] {
  return stream.columns.map((column) => encode(column, column.valueOf(event, position)));
}

/** Seconds with milliseconds where there are any: an unquoted fraction would be read as a float. */
function encode<Event>(column: Column<Event>, value: ColumnValue): ColumnValue {
  if (column.type !== 'timestamptz' || typeof value !== 'number') return value;
  const milliseconds = value % 1000;
  const seconds = String((value - milliseconds) / 1000);
  return milliseconds === 0 ? seconds : `${seconds}.${String(milliseconds).padStart(3, '0')}`;
}
