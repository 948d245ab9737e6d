/** `error`: answers are wrong or will be; `warning`: somebody should look. */
export type Severity = 'warning' | 'error';

interface DeclaredCheck {
  /** snake_case, unique within the stream: history goes by it. */
  readonly name: string;
  readonly severity: Severity;
  /** What it asks, with the unit of what it observes. */
  readonly summary: string;
}

/** An object of ClickHouse whose rows are bounded by time, so that a check reads the newest of them. */
export interface RecentRows {
  /** `database.name` of a table or view. */
  readonly object: string;
  readonly timeColumn: string;
  readonly windowHours: number;
}

/** The newest event is no older than `maxAgeMinutes`, by the record's timestamp. */
export interface FreshnessCheck extends DeclaredCheck {
  readonly kind: 'freshness';
  readonly maxAgeMinutes: number;
}

/**
 * The last full hour has between `minRatio` and `maxRatio` of the events of the same hour last week. It does not apply
 * before there is a week of data, nor where last week's hour had fewer than `minEvents`.
 */
export interface VolumeCheck extends DeclaredCheck {
  readonly kind: 'volume';
  readonly minRatio: number;
  readonly maxRatio: number;
  readonly minEvents: number;
}

/** Of the last hours' events at most `maxShare` have a column null or empty. */
export interface NullRateCheck extends DeclaredCheck {
  readonly kind: 'null_rate';
  readonly column: string;
  readonly windowHours: number;
  readonly maxShare: number;
}

/** Of the last hours' events at most `maxShare` have another value than those. */
export interface AcceptedValuesCheck extends DeclaredCheck {
  readonly kind: 'accepted_values';
  readonly column: string;
  readonly values: readonly string[];
  readonly windowHours: number;
  readonly maxShare: number;
}

/** The newest rows have the columns as a key: what is observed is how many keys repeat. */
export interface UniquenessCheck extends DeclaredCheck {
  readonly kind: 'uniqueness';
  readonly rows: RecentRows;
  readonly columns: readonly string[];
}

/** Of the last hours' events at most `maxShare` refer to what is not there; it does not apply below `minEvents`. */
export interface ReferentialCheck extends DeclaredCheck {
  readonly kind: 'referential';
  readonly column: string;
  /** A condition on the event's columns: which events refer to anything. */
  readonly where?: string;
  readonly references: { readonly object: string; readonly column: string };
  readonly windowHours: number;
  readonly minEvents?: number;
  readonly maxShare: number;
}

/** Tidemark and historical_through never go back from one published snapshot to the next. */
export interface MonotoneWatermarksCheck extends DeclaredCheck {
  readonly kind: 'monotone_watermarks';
  /** So many of the newest snapshots are compared. */
  readonly snapshots: number;
}

/** What must hold of a stream's newest data; `sql/platform/checks` has the SQL of each kind. */
export type QualityCheck =
  | FreshnessCheck
  | VolumeCheck
  | NullRateCheck
  | AcceptedValuesCheck
  | UniquenessCheck
  | ReferentialCheck
  | MonotoneWatermarksCheck;
