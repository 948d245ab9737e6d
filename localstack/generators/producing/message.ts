import type { Stream } from '@tidemark/domains/stream';

/** An event on its way into its stream's topic. */
export interface StreamEvent {
  readonly stream: Stream;
  readonly event: unknown;
}

/** A Kafka record to be. */
export interface Message {
  readonly topic: string;
  readonly key: string;
  /** Null is a tombstone, which no producer of ours sends but to see what becomes of it. */
  readonly value: Buffer | null;
}

/** Writes the event as every producer of the stream does: JSON, under the stream's own key. */
export function toMessage({ stream, event }: StreamEvent): Message {
  return { topic: stream.topic, key: stream.keyOf(event), value: Buffer.from(JSON.stringify(event)) };
}

/** Writes one event after the other, each when it is asked for. */
export function* toMessages(events: Iterator<StreamEvent>): Generator<Message> {
  for (let next = events.next(); !next.done; next = events.next()) yield toMessage(next.value);
}
