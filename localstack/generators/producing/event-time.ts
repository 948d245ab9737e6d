import { formatDateTimeUtc } from '@tidemark/domains/calendar';
import type { StreamEvent } from './message.ts';

/** "YYYY-MM-DD HH:MM:SS"; what is not written so is ISO 8601. */
const DATE_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/** When a made-up event happened, milliseconds since 1970 UTC. @throws Error where it says no such thing */
export function readEventTime({ stream, event }: StreamEvent): number {
  const atMs = stream.eventTimeOf(event);
  if (atMs === undefined) throw new Error(`${stream.name}: an event without a time was made up`);
  return atMs;
}

/** The same event at another moment, written as the first was. */
export function moveTo({ stream, event }: StreamEvent, atMs: number): StreamEvent {
  const before = (event as Record<string, unknown>)[stream.eventTimeField];
  const text = DATE_TIME.test(String(before)) ? formatDateTimeUtc(atMs) : new Date(atMs).toISOString();
  return { stream, event: { ...(event as object), [stream.eventTimeField]: text } };
}
