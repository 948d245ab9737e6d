import { streams } from '@tidemark/domains/index';
import { isWithinBounds, OUT_OF_BOUNDS, wholeNumber } from '@tidemark/domains/query-parameters';
import { REASON_CODES } from '@tidemark/domains/reason-codes';
import { z } from 'zod';
import { transformSchema } from './transform.ts';

/** What the dead-letter tools take, as query string, JSON body or payload: one place for types and documentation. */

const streamNames = streams.map(({ name }) => name) as [string, ...string[]];
const reasons = Object.keys(REASON_CODES) as [string, ...string[]];

const stream = z.enum(streamNames).meta({ description: 'Stream', example: streamNames[0] });
const moment = z.iso
  .datetime({ abort: true })
  .refine(isWithinBounds, OUT_OF_BOUNDS)
  .meta({ example: '2026-11-21T00:00:00Z' });
/** In a JSON body. */
const whole = (min: number, max: number) => z.int({ abort: true }).min(min).max(max);

const createFilter = (whole: (min: number, max: number) => z.ZodType<number>) => ({
  reason: z.enum(reasons).optional().meta({ description: 'Reason code' }),
  partition: whole(0, 2 ** 31 - 1)
    .optional()
    .meta({ description: 'Kafka partition' }),
  from_offset: whole(0, Number.MAX_SAFE_INTEGER).optional().meta({ description: 'First offset' }),
  to_offset: whole(0, Number.MAX_SAFE_INTEGER).optional().meta({ description: 'First offset that is left out' }),
  from: moment.optional().meta({ description: 'Kafka timestamp, from here' }),
  to: moment.optional().meta({ description: 'Kafka timestamp, below this' }),
});
const filter = createFilter(whole);

const cursor = z
  .string()
  .regex(/^[\w-]+$/, 'must be the next_cursor of an answer')
  .optional()
  .meta({ description: 'next_cursor of the answer before' });

/** Declares a request: other fields than these are refused, and a range begins before it ends. */
function request<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject(shape)
    .refine((value) => isInOrder(value, 'from', 'to'), { path: ['to'], message: 'must be later than "from"' })
    .refine((value) => isInOrder(value, 'from_offset', 'to_offset'), {
      path: ['to_offset'],
      message: 'must be above "from_offset"',
    });
}

function isInOrder(value: object, from: string, to: string): boolean {
  const { [from]: first, [to]: end } = value as Record<string, string | number | undefined>;
  return first === undefined || end === undefined || first < end;
}

export const listSchema = request({
  stream: stream.optional(),
  ...createFilter(wholeNumber),
  state: z.enum(['open', 'replayed', 'discarded', 'all']).default('open').meta({ description: 'What became of it' }),
  limit: wholeNumber(1, 1000).default(100).meta({ description: 'Rows of a page' }),
  cursor,
});

export const showSchema = z.strictObject({
  stream,
  partition: wholeNumber(0, 2 ** 31 - 1),
  offset: wholeNumber(0, Number.MAX_SAFE_INTEGER),
});

/** A page of work stays below what API Gateway waits for. */
const maxRecords = z.int().min(1).max(1_000_000).default(10_000).meta({ description: 'Looks at no more than these' });
const dryRun = z.boolean().default(false).meta({ description: 'Only says what would happen' });

export const replaySchema = request({
  stream,
  ...filter,
  dryRun,
  maxRecords,
  cursor,
  transform: transformSchema.optional(),
  comment: z.string().max(500).default('').meta({ description: 'Why, for the log' }),
  unresolved: z
    .enum(['replayed', 'open'])
    .optional()
    .meta({ description: 'How to count replays whose outcome Kafka has forgotten' }),
});

export const discardSchema = request({
  stream,
  ...filter,
  dryRun,
  maxRecords,
  cursor,
  comment: z.string().trim().min(1, 'must say why').max(500).meta({ description: 'Why, for the log' }),
});

export type ListRequest = z.infer<typeof listSchema>;
export type ShowRequest = z.infer<typeof showSchema>;
export type ReplayRequest = z.infer<typeof replaySchema>;
export type DiscardRequest = z.infer<typeof discardSchema>;
export type DeadLetterFilter = Partial<z.infer<z.ZodObject<typeof filter>>> & { readonly stream?: string | undefined };
