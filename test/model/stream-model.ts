import type { StoredRecord } from '../support/retail-records.ts';
import type { Copy } from '../support/user-event-model.ts';

/** A valid event at its position in Kafka, with what it says; where events have no id, its position is the id. */
export interface ModelEvent<Says = unknown> extends Omit<Copy, 'page'> {
  readonly says: Says;
}

/** What a producer is told to send: small numbers that the stream gives a meaning, so that things repeat. */
export interface Draft {
  readonly kind: 'event' | 'poison' | 'marker';
  readonly id: number;
  readonly variant: number;
  /** From the first moment of the history; of no meaning where Kafka's clock counts. */
  readonly halfDays: number;
}

/** A record to be produced; without `says` it is no event. */
export interface DraftedRecord {
  readonly record: StoredRecord;
  readonly id?: string;
  readonly says?: unknown;
}

/** A table that people read, in lines. */
export interface TableModel {
  readonly from: string;
  /** SQL of the fields of a line. */
  readonly fields: readonly string[];
  linesOf(events: readonly ModelEvent[]): string[];
}

/** A stream and its tables in plain TypeScript. */
export interface StreamModel {
  readonly streamName: string;
  draft(draft: Draft, nowMs: number): DraftedRecord;
  readonly tables: readonly TableModel[];
  /** Days of the events, for computing them again. */
  readonly days: readonly string[];
}

/** The lines of a table with one row per key. */
export function describeGroups<Says>(
  keyOf: (says: Says) => readonly unknown[],
  measure: (group: readonly ModelEvent<Says>[]) => readonly unknown[],
): TableModel['linesOf'] {
  return (events) => {
    const groups = new Map<string, ModelEvent<Says>[]>();
    for (const event of events as readonly ModelEvent<Says>[]) {
      const key = keyOf(event.says).join('|');
      groups.set(key, [...(groups.get(key) ?? []), event]);
    }
    return [...groups].map(([key, group]) => [key, ...measure(group)].join('|'));
  };
}

/** The lines of a table with one row per event. */
export function describeEach<Says>(fieldsOf: (says: Says) => readonly unknown[]): TableModel['linesOf'] {
  return (events) => (events as readonly ModelEvent<Says>[]).map(({ says }) => fieldsOf(says).join('|'));
}

export function toRecord(content: unknown, timestamp: number): StoredRecord {
  const value = typeof content === 'string' ? content : JSON.stringify(content);
  return { key: null, value: Buffer.from(value), headers: [], timestamp };
}

export function sumOf<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0);
}
