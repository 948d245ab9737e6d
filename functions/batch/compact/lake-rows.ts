import type { Column, ColumnValue, RecordPosition, Stream } from '@tidemark/domains/stream';
import type { LakeRows, LakeValue } from '@tidemark/platform/lake/definition';

/** Collects rows of a lake table, column by column. */
export interface LakeRowCollector<Event> {
  /**
   * @param columns those of the version that judged the event, where that is an earlier one
   * @returns the values, in the order of the stream's columns
   */
  add(event: Event, position: RecordPosition, columns?: readonly Column<Event>[]): readonly ColumnValue[];
  /** Adds a row by its values, in the order of the stream's columns. */
  addValues(values: readonly ColumnValue[]): void;
  toRows(): LakeRows;
}

export function collectLakeRows<Event>(stream: Stream<Event>): LakeRowCollector<Event> {
  const vectors = stream.columns.map((column) => ({
    column,
    toLakeValue: converterOf(column),
    values: [] as LakeValue[],
  }));
  const addValues = (row: readonly ColumnValue[]) => {
    for (const [index, { toLakeValue, values }] of vectors.entries()) values.push(toLakeValue(row[index] ?? null));
  };
  return {
    addValues,
    add(event, position, columns = stream.columns) {
      const row = columns.map((column) => column.valueOf(event, position));
      addValues(row);
      return row;
    },
    toRows: () => Object.fromEntries(vectors.map(({ column, values }) => [column.name, values])),
  };
}

/** From a column's JavaScript value to the lake's: exact, because the judge lets no more than 15 digits pass. */
function converterOf({ type }: Column<unknown>): (value: ColumnValue) => LakeValue {
  if (type === 'timestamptz') return (value) => (typeof value === 'number' ? toMicroseconds(value) : null);
  if (type === 'long') return (value) => (typeof value === 'number' ? BigInt(value) : null);
  const scale = /^decimal\(\d+,(\d+)\)$/.exec(type)?.[1];
  if (scale === undefined) return (value) => value;
  const unit = 10 ** Number(scale);
  return (value) => (typeof value === 'number' ? BigInt(Math.round(value * unit)) : null);
}

/** As the lake keeps moments. */
export function toMicroseconds(ms: number): bigint {
  return BigInt(ms) * 1000n;
}
