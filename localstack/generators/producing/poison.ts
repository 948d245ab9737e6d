import type { ReasonCode } from '@tidemark/domains/reason-codes';
import { moveTo } from './event-time.ts';
import { type Message, type StreamEvent, toMessage } from './message.ts';

/** What can be wrong with an event of any stream: each makes a value that is refused for its reason. */
const POISONS = {
  null_value: () => null,
  invalid_unicode: (source) => Buffer.concat([write(source).subarray(0, -1), Buffer.from([0xff, 0x7d])]),
  invalid_json: (source) => write(source).subarray(0, -1),
  not_an_object: (source) => Buffer.from(`[${write(source)}]`),
  number_precision: (source) => Buffer.from(`{"sequence":12345678901234567890,${write(source).subarray(1)}`),
  missing_field: (source) => writeWith(source, undefined),
  wrong_type: (source) => writeWith(source, null),
  invalid_format: (source) => writeWith(source, 'yesterday'),
  event_time_out_of_range: (source) => write(moveTo(source, LAST_CENTURY_MS)),
} satisfies Partial<Record<ReasonCode, (source: StreamEvent) => Buffer | null>>;

const LAST_CENTURY_MS = Date.UTC(1999, 11, 31);

export type PoisonReason = keyof typeof POISONS;

export const POISON_REASONS = Object.keys(POISONS) as PoisonReason[];

/** A record as a broken producer would send it in place of this event, under the same key. */
export function poison(source: StreamEvent, reason: PoisonReason): Message {
  return { ...toMessage(source), value: POISONS[reason](source) };
}

function write({ event }: StreamEvent): Buffer {
  return Buffer.from(JSON.stringify(event));
}

function writeWith({ stream, event }: StreamEvent, eventTime: unknown): Buffer {
  return Buffer.from(JSON.stringify({ ...(event as object), [stream.eventTimeField]: eventTime }));
}
