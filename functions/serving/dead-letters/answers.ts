import { z } from 'zod';

/** What the dead-letter tools answer: one place for the types, the documentation and the tests. */

const stateSchema = z.enum(['open', 'replayed', 'discarded']);

/** A record that was refused, without its bytes. */
const letterSchema = z.object({
  stream: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  timestamp: z.iso.datetime().meta({ description: 'Kafka timestamp of the record' }),
  reason: z.string(),
  detail: z.string(),
  value_bytes: z.int().nullable().meta({ description: 'Null for a record without a value' }),
  first_seen: z.iso.datetime(),
  state: stateSchema,
  comment: z.string(),
  acted_at: z.iso.datetime().nullable(),
  new_partition: z.int().nullable(),
  new_offset: z.int().nullable(),
});

/** A page of dead letters, and how many the filter lets pass, by reason. */
export const listAnswerSchema = z.object({
  data: z.array(letterSchema),
  counts: z.array(z.object({ stream: z.string(), reason: z.string(), state: stateSchema, records: z.int() })),
  next_cursor: z.string().nullable().meta({ description: 'Of the next page; null on the last' }),
});

/** Bytes as they were sent. */
const bytesSchema = z
  .object({ base64: z.string(), text: z.string().nullable().meta({ description: 'Where the bytes are UTF-8' }) })
  .nullable();

const actionSchema = z.object({
  action: z.string(),
  comment: z.string(),
  at: z.iso.datetime(),
  new_partition: z.int().nullable(),
  new_offset: z.int().nullable(),
});

/** One dead letter with its bytes and its history. */
export const showAnswerSchema = z.object({
  stream: z.string(),
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  timestamp: z.iso.datetime(),
  reason: z.string(),
  detail: z.string(),
  first_seen: z.iso.datetime(),
  state: stateSchema,
  key: bytesSchema,
  value: bytesSchema,
  headers: z.array(z.object({ name: z.string(), value: bytesSchema })),
  history: z.array(actionSchema),
});

/** What is left of an action. */
const restFields = {
  is_complete: z.boolean().meta({ description: 'False where there are more: send the request again, with the cursor' }),
  next_cursor: z.string().nullable().meta({ description: 'Goes on behind what was looked at; null where all was' }),
};

/** In a dry run, what would be. */
export const replayAnswerSchema = z.object({
  stream: z.string(),
  dry_run: z.boolean(),
  examined: z.int().meta({ description: 'Open dead letters that the filter let pass' }),
  replayed: z.int().meta({ description: 'Now in the topic again; in a dry run, those that would be' }),
  still_invalid: z.record(z.string(), z.int()).meta({ description: "By reason, under today's schema; they stay open" }),
  ...restFields,
});

/** In a dry run, what would be. */
export const discardAnswerSchema = z.object({
  stream: z.string(),
  dry_run: z.boolean(),
  discarded: z.int().meta({ description: 'Now discarded; in a dry run, those that would be' }),
  ...restFields,
});

export type DeadLetter = z.infer<typeof letterSchema>;
export type LetterState = z.infer<typeof stateSchema>;
export type DeadLetterPage = z.infer<typeof listAnswerSchema>;
export type ShownDeadLetter = z.infer<typeof showAnswerSchema>;
export type Bytes = z.infer<typeof bytesSchema>;
export type LetterAction = z.infer<typeof actionSchema>;
export type ReplayReport = z.infer<typeof replayAnswerSchema>;
export type DiscardReport = z.infer<typeof discardAnswerSchema>;
