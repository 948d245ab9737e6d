import type { z } from 'zod';

/**
 * A column's type, in Iceberg's names (https://iceberg.apache.org/spec/#primitive-types), with the JavaScript value
 * that stands for it: `int`, `long` and `decimal(P,S)` a number of at most 15 significant digits, `string` a string,
 * `timestamptz` milliseconds since 1970 UTC.
 */
export type ColumnType = 'int' | 'long' | 'string' | 'timestamptz' | `decimal(${number},${number})`;

export type ColumnValue = number | string | null;

/** One column of a stream, of the same name in its hot table and in its lake table. */
export interface Column<Event> {
  /** Iceberg field id: never reused, never changed. */
  readonly fieldId: number;
  readonly name: string;
  readonly type: ColumnType;
  readonly required: boolean;
  readonly doc: string;
  valueOf(event: Event, position: RecordPosition): ColumnValue;
}

/** Where Kafka keeps a record, and the identity of the record: (topic, partition, offset). */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: number;
  /** The record's own timestamp, milliseconds since 1970 UTC. */
  readonly timestamp: number;
}

/**
 * An id that producers give. Of several events with one id, less than `horizonMs` apart by record timestamp, the first
 * in silver is the event; inside one snapshot and in the hot tail, the one of the smallest (timestamp, partition, offset).
 */
export interface EventIdentity {
  readonly column: string;
  /** A column that is equal for equal content: a repeat that differs in it is a conflict. */
  readonly contentColumn: string;
  readonly horizonMs: number;
}

/**
 * How an earlier version of a stream judged and converted: it still counts below the offsets at which the next one
 * begins. Its columns have the names and types of the stream's, in their order, because the tables are the same.
 */
export type EarlierVersion = Pick<Stream, 'schemaVersion' | 'schema' | 'eventTimeOf' | 'columns'>;

/** One Kafka topic with one event schema. */
export interface Stream<Event = unknown> {
  /** Name of the stream, unique among all domains; the lake table and the functions' payloads use it. */
  readonly name: string;
  readonly domain: string;
  readonly topic: string;
  readonly partitions: number;
  readonly retentionMs: number;
  /** The consumer group of the stream's trigger: fixed, because compaction ends at its committed offsets. */
  readonly consumerGroup: string;
  /** No `.transform`, no `.refine`: ajv judges the JSON schema that derives from it. */
  readonly schema: z.ZodType<Event>;
  /**
   * Begins at 1, and is raised with every change of judgement or conversion, which takes effect from offsets that are
   * recorded (tidemark.schema_versions); written into each snapshot's summary. A changed sort key of the hot table wants
   * a new table instead.
   */
  readonly schemaVersion: number;
  /** The versions before it, as long as records of theirs may be judged again: those above the tidemark. */
  readonly earlierVersions?: readonly EarlierVersion[];
  /** Milliseconds since 1970 UTC, or undefined where the field is no date of the calendar. */
  eventTimeOf(event: Event): number | undefined;
  readonly eventTimeField: string;
  /** The Kafka key that our own producers give an event: events of one key keep their order. */
  keyOf(event: Event): string;
  readonly columns: readonly Column<Event>[];
  readonly database: string;
  readonly hotTable: string;
  /** `folder/table` of the lake table that holds the valid events. */
  readonly lakeTable: string;
  /** Where events carry an id that counts once; without it, the record's position is all the identity there is. */
  readonly identity?: EventIdentity;
  /** `folder/table` of the lake table that keeps every record as received; without it, only dead letters are kept so. */
  readonly bronzeTable?: string;
  /** Columns whose values name somebody or something that may have to be forgotten: see `eraseSubject`. */
  readonly erasableColumns?: readonly string[];
  /**
   * Offsets per partition of the hot table; dropping such a block trims it. Events of the retention (90 days) divided by
   * this must stay below 1,000: 10,000,000 serves 1,200 events per second.
   */
  readonly hotBlockOffsets: number;
}

/** The record's identity and timestamp: the last columns of every hot and lake table. */
export const POSITION_COLUMNS: readonly Column<unknown>[] = [
  {
    fieldId: 1001,
    name: '_partition',
    type: 'int',
    required: true,
    doc: 'Kafka partition of the record',
    valueOf: (_event, position) => position.partition,
  },
  {
    fieldId: 1002,
    name: '_offset',
    type: 'long',
    required: true,
    doc: 'Kafka offset of the record in its partition',
    valueOf: (_event, position) => position.offset,
  },
  {
    fieldId: 1003,
    name: '_timestamp',
    type: 'timestamptz',
    required: true,
    doc: "Kafka's timestamp of the record",
    valueOf: (_event, position) => position.timestamp,
  },
];
