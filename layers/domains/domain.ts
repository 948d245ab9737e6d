import type { z } from 'zod';
import type { QualityCheck } from './quality.ts';
import type { Stream } from './stream.ts';

/**
 * A `CREATE OR REPLACE VIEW` with `{{placeholders}}` that pin it to one published snapshot: `{{snapshot}}`,
 * `{{lake_table}}`, `{{hot_events}}`, `{{is_readable}}`, and in gold views `{{segments}}` and `{{hot_contribution}}`.
 */
export type ViewTemplate = string;

/**
 * How the values of a measure over any split of the events become the value over all of them: a ClickHouse aggregate
 * function whose result is again such a value, such as `sum`, `min`, `max` or `groupBitmapMergeState`.
 */
export interface Measure {
  readonly name: string;
  readonly merge: 'sum' | 'min' | 'max' | 'groupBitmapMergeState';
}

/** An aggregate table: segments in storage, each what a range of snapshots added; live as a view. */
export interface Gold {
  /** Of the view and of the storage table. */
  readonly database: string;
  /** Name of the view; the storage table is `<name>_gold`. */
  readonly name: string;
  /** The grain. A contribution selects the keys, then the measures. */
  readonly keys: readonly string[];
  readonly measures: readonly Measure[];
  /** SELECT of what the events of `{{events}}` within `{{range}}` add; serves deltas, the hot tail and rebuilds. */
  readonly contribution: string;
  readonly view: ViewTemplate;
}

/** One question with an address: its SQL, what it takes and what a row of its answer is. */
export interface NamedQuery {
  readonly name: string;
  readonly summary: string;
  /** The stream whose completeness the answer states; its rows may carry that stream's `_snapshot`. */
  readonly stream: string;
  /** One statement with typed ClickHouse placeholders, one for each parameter. */
  readonly sql: string;
  /** From the strings of the query string to the values of the placeholders. */
  readonly parameters: z.ZodType<Record<string, QueryParameter>, Record<string, unknown>>;
  readonly row: z.ZodObject;
}

export type QueryParameter = string | number | Date | null;

/** A stream with what is published from it. */
export interface StreamDeclaration {
  readonly stream: Stream;
  /** `<stream>_historical` and `<stream>_unified`, in the stream's database. */
  readonly views: readonly { readonly name: string; readonly view: ViewTemplate }[];
  readonly gold: readonly Gold[];
  /** What must hold of the newest data, checked after each refresh of gold. */
  readonly checks: readonly QualityCheck[];
}

/** Statements that make what a domain stores and shows; each can be run again. */
export interface Schema {
  /** Hot tables and the storage of gold. */
  readonly tables: readonly string[];
  /** Views on the published ones, in an order in which they can be made. */
  readonly views: readonly string[];
}

/** Streams that belong together, with their gold tables, views and queries. */
export interface Domain {
  readonly name: string;
  readonly schema: Schema;
  readonly streams: readonly StreamDeclaration[];
  readonly queries: readonly NamedQuery[];
}
