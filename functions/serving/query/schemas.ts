import { z } from 'zod';
import { qualityStateSchema } from '../quality/schemas.ts';

const time = z.iso.datetime().nullable();

/** How complete an answer is; one place for the type, the documentation and the tests. */
export const metaSchema = z.object({
  historical_through: time.meta({ description: 'Kafka timestamp up to which the lake is complete' }),
  realtime_through: time.meta({ description: 'Kafka timestamp up to which the answer is complete' }),
  snapshot: z.int().meta({ description: 'Version of the lake that the answer was made from' }),
  tidemark: z
    .record(z.string(), z.record(z.string(), z.int()))
    .meta({ description: 'By topic and partition, the first offset that comes from the hot table' }),
  lag_records: z.int().nullable().meta({ description: 'Records not yet delivered; null if Kafka does not say' }),
  open_gaps: z.int().meta({ description: 'Offsets that were lost before they were stored' }),
  rejected: z.int().meta({ description: 'Dead letters of the stream, whatever has become of them' }),
  quality: qualityStateSchema.meta({
    description: "Worst failed check of the stream's newest data, see /v1/status; unknown if none applied lately",
  }),
  as_of: z.iso
    .datetime()
    .optional()
    .meta({ description: 'Only with the parameter as_of: from when on the lake showed the snapshot' }),
  elapsed_ms: z.int(),
  rows_read: z.int(),
});

export type Meta = z.infer<typeof metaSchema>;
