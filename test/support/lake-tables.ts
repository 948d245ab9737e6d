import type { LakeColumn, LakeRows, LakeTableDefinition, LakeType } from '../../layers/platform/lake/definition.ts';

/** A table of the usual shape: an event, its position in Kafka, and a partition column. */
export const EVENTS_TABLE: LakeTableDefinition = {
  name: 'test/events',
  partitionByDayOf: 'event_time',
  columns: [
    describeColumn(1, 'event_time', 'timestamptz'),
    describeColumn(2, 'store_id', 'int'),
    describeColumn(3, 'product_id', 'string'),
    describeColumn(4, 'unit_price', 'decimal(18,4)'),
    { ...describeColumn(5, 'event_id', 'string'), required: false },
    describeColumn(6, '_offset', 'long'),
  ],
};

export const MICROS_PER_DAY = 86_400_000_000n;
/** 2024-02-28, so that three days cross a leap day. */
export const FIRST_DAY_MICROS = 19_781n * MICROS_PER_DAY;

/** Events with offsets [from, from + count), `perDay` of them each day. Prices are `offset + 0.0001`. */
export function buildEvents(from: number, count: number, perDay = 1_000): LakeRows {
  const offsets = Array.from({ length: count }, (_, index) => from + index);
  return {
    event_time: BigInt64Array.from(offsets, (offset) => FIRST_DAY_MICROS + spreadOverDays(offset, perDay)),
    store_id: Int32Array.from(offsets, (offset) => offset % 7),
    product_id: offsets.map((offset) => `Tee \u0000 日本 ${offset % 11}`),
    unit_price: BigInt64Array.from(offsets, (offset) => BigInt(offset) * 10_000n + 1n),
    event_id: offsets.map((offset) => (offset % 2 === 0 ? `e-${offset}` : null)),
    _offset: BigInt64Array.from(offsets, BigInt),
  };
}

export function describeColumn(fieldId: number, name: string, type: LakeType): LakeColumn {
  return { fieldId, name, type, required: true, doc: `The ${name}.` };
}

function spreadOverDays(offset: number, perDay: number): bigint {
  return (BigInt(offset) * MICROS_PER_DAY) / BigInt(perDay);
}
