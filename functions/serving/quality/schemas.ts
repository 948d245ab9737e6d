import { z } from 'zod';

export const qualityStateSchema = z.enum(['ok', 'warning', 'failed', 'unknown']).meta({
  description:
    '`failed`: a check of severity error failed; `warning`: one of severity warning; `unknown`: none applied',
});

export const severitySchema = z.enum(['warning', 'error']).meta({
  description: '`error`: answers are wrong or will be; `warning`: somebody should look',
});

const checkSchema = z.strictObject({
  check: z.string(),
  kind: z.string(),
  severity: severitySchema,
  status: z.enum(['passed', 'failed', 'not_applicable']),
  summary: z.string().min(1).meta({ description: 'What the figures are of, with their unit' }),
  observed: z.number().nullable(),
  threshold: z.number().nullable(),
  detail: z.string().meta({ description: 'What exactly, or why it does not apply' }),
  snapshot: z.int(),
  checked_at: z.iso.datetime(),
  failed_since: z.iso.datetime().nullable().meta({ description: 'First of the failures in a row up to now' }),
});

/** What the last data-quality checks of a stream say, over the last day. Times are ISO 8601, UTC. */
export const qualitySchema = z.strictObject({
  status: qualityStateSchema,
  checked_at: z.iso.datetime().nullable(),
  checks: z.array(checkSchema).meta({ description: 'The last result of each declared check, those that failed first' }),
});

export type QualityState = z.infer<typeof qualityStateSchema>;
export type CheckResult = z.infer<typeof checkSchema>;
export type Quality = z.infer<typeof qualitySchema>;
