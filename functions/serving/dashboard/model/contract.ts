/** What the HTTP API answers, as the dashboard reads it. Times are ISO-8601 UTC; money is a decimal string. */

/** `GET /v1/health`, with 200 when every part is up and 503 otherwise. */
export interface Health {
  status: 'ok' | 'degraded';
  parts: HealthPart[];
}

export interface HealthPart {
  name: string;
  status: 'ok' | 'down';
  elapsed_ms: number;
  detail?: string;
}

/** `GET /v1/status`. */
export interface Status {
  generated_at: string;
  streams: StreamStatus[];
}

export interface StreamStatus {
  stream: string;
  /** What the generator and the queries' addresses go by. */
  domain: string;
  topic: string;
  snapshot: number | null;
  historical_through: string | null;
  realtime_through: string | null;
  /** Null, and `partitions` empty, when Kafka does not answer. */
  lag_records: number | null;
  open_gaps: number;
  rejected: number;
  stored: number;
  partitions: PartitionStatus[];
  /** Of each step the last run of each outcome, over the last day. */
  last_runs: BatchRun[];
  /** The last run over all steps; null without one in the last day. */
  last_batch: Batch | null;
  /** The steps whose last run failed. */
  retries: Retry[];
  /** All of them by reason, whatever has become of them. */
  dead_letters: { reason: string; records: number }[];
  /** Neither replayed nor discarded. */
  dead_letters_open: number;
  /** Events that came again with other content. */
  conflicts: number;
  quality: Quality;
  /** The last reconciliation; null before the first. */
  reconcile: Reconciliation | null;
  warnings: string[];
}

/** Offsets of one partition: `end_offset`, `committed_offset` and `tidemark` each name the first record not yet there. */
export interface PartitionStatus {
  partition: number;
  log_start: number;
  end_offset: number;
  committed_offset: number | null;
  tidemark: number;
  lag_records: number;
}

export interface BatchRun {
  step: string;
  status: 'skipped' | 'done' | 'failed';
  started_at: string;
  duration_ms: number;
  rows: number;
  error: string | null;
  warning: string | null;
}

export type Batch = Omit<BatchRun, 'step'>;

/** A step that failed `failures` times in a row up to now. */
export interface Retry {
  step: string;
  severity: Severity;
  failures: number;
  failed_since: string;
  /** When the schedule tries again. */
  retry_at: string;
  error: string;
}

/** `error`: answers are wrong or will be; `warning`: somebody should look. */
export type Severity = 'warning' | 'error';

/** What became of every offset of a stream's partitions. Counts are of offsets. */
export interface Reconciliation {
  snapshot: number;
  checked_at: string;
  /** Whether every offset is accounted for exactly once, and both layers agree. */
  is_clean: boolean;
  accounted_offsets: number;
  gap_offsets: number;
  double_offsets: number;
  mismatch_offsets: number;
  missing_files: number;
}

/** What the last data-quality checks of a stream say. */
export interface Quality {
  status: 'ok' | 'warning' | 'failed' | 'unknown';
  checked_at: string | null;
  /** Those that failed first. */
  checks: QualityCheck[];
}

export interface QualityCheck {
  check: string;
  severity: Severity;
  status: 'passed' | 'failed' | 'not_applicable';
  /** What the figures are of, with their unit. */
  summary: string;
  observed: number | null;
  threshold: number | null;
  /** What exactly, or why it does not apply. */
  detail: string;
  checked_at: string;
  failed_since: string | null;
}

/** `GET /v1/queries/{domain}/{query}`. */
export interface Answer<Row> {
  data: Row[];
  meta: AnswerMeta;
}

/** How complete an answer is, and what it cost. */
export interface AnswerMeta {
  historical_through: string | null;
  realtime_through: string | null;
  /** 0 before the first. */
  snapshot: number;
  /** Null when Kafka does not answer. */
  lag_records: number | null;
  /** Offsets that were lost before they were stored. */
  open_gaps: number;
  rejected: number;
  elapsed_ms: number;
  rows_read: number;
}

export interface SalesTotals {
  transaction_type: string;
  transaction_count: number;
  total_quantity: number;
  total_revenue: string;
}

export interface SalesByCategory extends SalesTotals {
  category: string;
}

export interface SalesByStore {
  store_id: number;
  transaction_count: number;
  total_quantity: number;
  total_revenue: string;
}

export interface HourlySales {
  hour: string;
  transaction_count: number;
  total_quantity: number;
  total_revenue: string;
}

export interface RetailEventRow {
  event_time: string;
  store_id: number;
  product_id: string;
  category: string;
  transaction_type: string;
  quantity: number;
  unit_price: string;
  /** When Kafka took it. */
  received_at: string;
  inserted_at: string;
}

/** Kafka timestamp to inserted, over the last five minutes. */
export interface IngestLatency {
  events: number;
  p50_ms: number | null;
  p99_ms: number | null;
  max_ms: number | null;
}

/** Of a range of days; no row where there is no event. */
export interface ActivityTotals {
  event_count: number;
  purchase_count: number;
  active_users: number;
  unique_buyers: number;
  /** Distinct users who bought, of those who did anything: 0 to 1. */
  conversion_rate: number;
}

/** One day with an event. The last two are null without an event on the day a week before. */
export interface UserGrowth {
  event_date: string;
  dau_count: number;
  dau_last_week: number | null;
  growth_pct: number | null;
}

/** One minute and event type with an event. */
export interface EventsPerMinute {
  window_start: string;
  event_type: string;
  event_count: number;
}

/** One minute and source with a login. */
export interface LoginsPerSource {
  window_start: string;
  source: string;
  login_count: number;
}

/** One day and source with an event. */
export interface EventsPerSource {
  event_date: string;
  source: string;
  event_count: number;
}

export interface PagePurchases {
  page: string;
  purchase_count: number;
}

export interface UserEventRow {
  event_id: string;
  user_id: number;
  event_type: string;
  page: string;
  timestamp: string;
  source: string;
  /** When Kafka took it. */
  received_at: string;
  inserted_at: string;
}

export type LetterState = 'open' | 'replayed' | 'discarded';

/** A record that was refused, without its bytes. */
export interface DeadLetter {
  stream: string;
  partition: number;
  offset: number;
  /** When Kafka took it. */
  timestamp: string;
  reason: string;
  detail: string;
  /** Null for a record without a value. */
  value_bytes: number | null;
  state: LetterState;
}

/** `GET /v1/dead-letters`. */
export interface DeadLetterPage {
  data: DeadLetter[];
  counts: { stream: string; reason: string; state: LetterState; records: number }[];
  /** Null on the last page. */
  next_cursor: string | null;
}

/** Bytes as they were sent; `text` is null where they are not UTF-8. */
export interface Bytes {
  base64: string;
  text: string | null;
}

/** `GET /v1/dead-letters/{stream}/{partition}/{offset}`. */
export interface ShownDeadLetter extends Omit<DeadLetter, 'value_bytes'> {
  topic: string;
  first_seen: string;
  key: Bytes | null;
  value: Bytes | null;
  headers: { name: string; value: Bytes | null }[];
  history: LetterAction[];
}

export interface LetterAction {
  action: string;
  comment: string;
  at: string;
  new_partition: number | null;
  new_offset: number | null;
}

/** `POST /v1/dead-letters/replay`. In a dry run, what would be. */
export interface ReplayReport {
  dry_run: boolean;
  examined: number;
  replayed: number;
  /** By reason, under today's schema. */
  still_invalid: Record<string, number>;
  /** False where there are more. */
  is_complete: boolean;
}

/** `POST /v1/dead-letters/discard`. In a dry run, what would be. */
export interface DiscardReport {
  dry_run: boolean;
  discarded: number;
  is_complete: boolean;
}
