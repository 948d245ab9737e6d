import type { StreamDeclaration } from '@tidemark/domains/domain';
import { declarations, domains, streams } from '@tidemark/domains/index';
import { TidemarkError } from '@tidemark/platform/errors';
import { z } from 'zod';

/** The payload of a batch function is not what the function takes; the message names the field. */
export class InvalidPayload extends TidemarkError {}

const names = streams.map((stream) => stream.name) as [string, ...string[]];

export const streamField = z.enum(names).optional();

const domainNames = domains.map((domain) => domain.name) as [string, ...string[]];

export const domainField = z.enum(domainNames).optional();

/** A day of the calendar, UTC: `2026-01-31`. */
export const dateField = z.iso.date().optional();

/** The streams of a domain; all of them where it is undefined. */
export function streamsOfDomain(domain: string | undefined): readonly StreamDeclaration[] {
  return declarations.filter(({ stream }) => domain === undefined || stream.domain === domain);
}

/** `{"0":1200}`: per partition, the first offset that is left. */
export const offsetsField = z
  .record(z.string().regex(/^\d{1,9}$/, 'must be a partition number'), z.int().min(0))
  .transform((offsets) => new Map(Object.entries(offsets).map(([partition, offset]) => [Number(partition), offset])))
  .optional();

/** Whether EventBridge's schedule sent it, and not somebody who asks for something. */
export function isScheduled(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'detail-type' in payload;
}

/**
 * Reads what a batch function is asked to do. What EventBridge's schedule sends asks for everything that is due.
 *
 * @throws InvalidPayload
 */
export function readPayload<Schema extends z.ZodObject>(schema: Schema, payload: unknown): z.infer<Schema> {
  const result = schema.safeParse(isScheduled(payload) ? {} : (payload ?? {}));
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'payload'}: ${issue.message}`);
  throw new InvalidPayload(problems.join('; '), { retryable: false });
}
