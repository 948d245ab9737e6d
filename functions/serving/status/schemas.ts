import { z } from 'zod';

const runSchema = z.strictObject({
  step: z.string(),
  status: z.enum(['skipped', 'done', 'failed']),
  started_at: z.iso.datetime(),
  duration_ms: z.int(),
  rows: z.int(),
  error: z.string().nullable(),
  warning: z.string().nullable(),
});

const checkSchema = z.strictObject({
  check: z.string(),
  kind: z.string(),
  severity: z.enum(['warning', 'error']),
  status: z.enum(['passed', 'failed', 'not_applicable']),
  summary: z.string().min(1),
  observed: z.number().nullable(),
  threshold: z.number().nullable(),
  detail: z.string(),
  snapshot: z.int(),
  checked_at: z.iso.datetime(),
  failed_since: z.iso.datetime().nullable(),
});

/** One stream: times are ISO 8601, UTC; counts are of offsets or records. */
export const streamStatusSchema = z.strictObject({
  stream: z.string(),
  domain: z.string(),
  topic: z.string(),
  snapshot: z.int().nullable(),
  historical_through: z.iso.datetime().nullable(),
  realtime_through: z.iso.datetime().nullable(),
  lag_records: z.int().nullable(),
  open_gaps: z.int(),
  rejected: z.int(),
  stored: z.int(),
  partitions: z.array(
    z.strictObject({
      partition: z.int(),
      log_start: z.int(),
      end_offset: z.int(),
      committed_offset: z.int().nullable(),
      tidemark: z.int(),
      lag_records: z.int(),
    }),
  ),
  last_runs: z.array(runSchema),
  last_batch: runSchema
    .omit({ step: true })
    .extend({ batch_id: z.string().min(1), steps: z.array(runSchema) })
    .nullable(),
  retries: z.array(
    z.strictObject({
      step: z.string(),
      severity: z.enum(['warning', 'error']),
      failures: z.int(),
      failed_since: z.iso.datetime(),
      retry_at: z.iso.datetime(),
      error: z.string(),
    }),
  ),
  dead_letters: z.array(z.strictObject({ reason: z.string(), records: z.int() })),
  dead_letters_open: z.int(),
  conflicts: z.int(),
  quality: z.strictObject({
    status: z.enum(['ok', 'warning', 'failed', 'unknown']),
    checked_at: z.iso.datetime().nullable(),
    checks: z.array(checkSchema),
  }),
  reconcile: z
    .strictObject({
      snapshot: z.int(),
      checked_at: z.iso.datetime(),
      is_clean: z.boolean(),
      accounted_offsets: z.int(),
      gap_offsets: z.int(),
      double_offsets: z.int(),
      mismatch_offsets: z.int(),
      missing_files: z.int(),
    })
    .nullable(),
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
export type RunStatus = z.infer<typeof runSchema>;
export type StreamStatus = z.infer<typeof streamStatusSchema>;

/** What `GET /v1/health` answers. */
export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'degraded']),
  parts: z.array(
    z.strictObject({
      name: z.enum(['kafka', 'clickhouse', 'lake']),
      status: z.enum(['ok', 'down']),
      elapsed_ms: z.int(),
      detail: z.string().optional(),
    }),
  ),
});
