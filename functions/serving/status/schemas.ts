import { z } from 'zod';
import { qualitySchema, severitySchema } from '../quality/schemas.ts';

const runSchema = z.strictObject({
  step: z.string(),
  status: z.enum(['skipped', 'done', 'failed']),
  started_at: z.iso.datetime(),
  duration_ms: z.int(),
  rows: z.int(),
  error: z.string().nullable(),
  warning: z.string().nullable(),
});

const batchSchema = runSchema.omit({ step: true }).extend({ batch_id: z.string().min(1), steps: z.array(runSchema) });

const partitionSchema = z.strictObject({
  partition: z.int(),
  log_start: z.int(),
  end_offset: z.int().meta({ description: 'The end of the committed records' }),
  committed_offset: z.int().nullable().meta({ description: "Of the trigger's group: the first record not delivered" }),
  tidemark: z.int().meta({ description: 'The first offset that the lake does not hold' }),
  lag_records: z.int(),
});

const retrySchema = z.strictObject({
  step: z.string(),
  severity: severitySchema,
  failures: z.int().meta({ description: 'In a row up to now' }),
  failed_since: z.iso.datetime(),
  retry_at: z.iso.datetime().meta({ description: 'When the schedule tries again' }),
  error: z.string(),
});

/** What the last reconciliation found, over all partitions. Counts are of offsets. */
const reconciliationSchema = z.strictObject({
  snapshot: z.int(),
  checked_at: z.iso.datetime(),
  is_clean: z.boolean().meta({ description: 'Every offset is accounted for exactly once, and both layers agree' }),
  accounted_offsets: z.int(),
  gap_offsets: z.int(),
  double_offsets: z.int(),
  mismatch_offsets: z.int(),
  missing_files: z.int(),
});

/** One stream: times are ISO 8601, UTC; counts are of offsets or records. */
export const streamStatusSchema = z.strictObject({
  stream: z.string(),
  domain: z.string(),
  topic: z.string(),
  snapshot: z.int().nullable(),
  historical_through: z.iso.datetime().nullable(),
  realtime_through: z.iso.datetime().nullable(),
  lag_records: z.int().nullable().meta({ description: 'Null where Kafka does not answer' }),
  open_gaps: z.int().meta({ description: 'Offsets that were lost before they were stored' }),
  rejected: z.int(),
  stored: z.int(),
  partitions: z.array(partitionSchema).meta({ description: 'Empty where Kafka does not answer' }),
  last_runs: z.array(runSchema).meta({ description: 'Of each step the last run of each outcome, over the last day' }),
  last_batch: batchSchema
    .nullable()
    .meta({ description: 'The last run over all steps; null without one in the last day' }),
  retries: z.array(retrySchema).meta({ description: 'The steps whose last run failed' }),
  dead_letters: z
    .array(z.strictObject({ reason: z.string(), records: z.int() }))
    .meta({ description: 'By reason, whatever has become of them' }),
  dead_letters_open: z.int().meta({ description: 'Neither replayed nor discarded' }),
  conflicts: z.int().meta({ description: 'Events that came again with other content' }),
  quality: qualitySchema,
  reconcile: reconciliationSchema.nullable().meta({ description: 'Null before the first' }),
  warnings: z.array(z.string()),
});

const triggerSchema = z.strictObject({
  since: z.iso.datetime(),
  mappings: z.array(
    z.strictObject({
      function: z.string(),
      topics: z.array(z.string()),
      is_connected: z.boolean(),
      batches: z.int(),
      delivered: z.int(),
      filtered: z.int(),
      discarded: z.int(),
      failures: z.int(),
      oversized: z.int(),
      last_error: z.string().nullable(),
    }),
  ),
});

/** What `GET /v1/status` answers; one place for the type, the documentation and the tests. */
export const statusSchema = z.strictObject({
  generated_at: z.iso.datetime(),
  trigger: triggerSchema.nullable().meta({ description: 'Counters of the trigger; null where none answers' }),
  streams: z.array(streamStatusSchema),
});

export type Status = z.infer<typeof statusSchema>;
export type StreamStatus = z.infer<typeof streamStatusSchema>;
export type RunStatus = z.infer<typeof runSchema>;
export type PartitionStatus = z.infer<typeof partitionSchema>;
export type Retry = z.infer<typeof retrySchema>;
export type ReconciliationStatus = z.infer<typeof reconciliationSchema>;

const partHealthSchema = z.strictObject({
  name: z.enum(['kafka', 'clickhouse', 'lake', 'trigger']),
  status: z.enum(['ok', 'down']),
  elapsed_ms: z.int(),
  detail: z.string().optional().meta({ description: 'Why it is down' }),
});

/** What `GET /v1/health` answers, with 200 where every part is up and 503 otherwise. */
export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  parts: z.array(partHealthSchema),
});

export type Health = z.infer<typeof healthSchema>;
export type PartHealth = z.infer<typeof partHealthSchema>;
