import type { Message } from './message.ts';
import { createPacer } from './pacer.ts';

/** Takes a batch and resolves when Kafka has acknowledged all of it. */
export interface MessageSink {
  send(messages: readonly Message[]): Promise<void>;
}

export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface ProducerRun {
  readonly messages: Iterator<Message> | AsyncIterator<Message>;
  /** Undefined: as fast as the sink takes them. */
  readonly ratePerSecond?: number | undefined;
  readonly maxCount?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  /** Ends the run after the batch that is being sent. */
  readonly signal: AbortSignal;
}

export interface ProducerDeps {
  readonly sink: MessageSink;
  readonly clock: Clock;
  /** Called with the number of acknowledged messages after each batch. */
  readonly onProgress: (produced: number) => void;
}

export interface ProducerResult {
  /** Acknowledged messages. */
  readonly produced: number;
  readonly durationMs: number;
}

/** Spreads a round trip thin. kafkajs groups a batch by partition in quadratic time: 5,000 a batch are 15% slower. */
const MAX_BATCH_MESSAGES = 1_000;

/**
 * Sends messages at the run's pace until they end, a limit is reached, or the signal aborts. Each is taken from the
 * iterator at the moment when it is due, and one batch is in flight at a time: order holds per key.
 *
 * @throws what the iterator or the sink throws
 */
export async function runProducer(
  run: ProducerRun,
  { sink, clock, onProgress }: ProducerDeps,
): Promise<ProducerResult> {
  const { messages, signal, maxCount = Number.POSITIVE_INFINITY, maxDurationMs = Number.POSITIVE_INFINITY } = run;
  const startMs = clock.now();
  const pacer = createPacer(run.ratePerSecond, startMs);
  let produced = 0;

  while (!signal.aborted && produced < maxCount) {
    const nowMs = clock.now();
    const leftMs = startMs + maxDurationMs - nowMs;
    if (leftMs <= 0) break;

    const count = Math.min(pacer.countDue(nowMs), maxCount - produced, MAX_BATCH_MESSAGES);
    if (count === 0) {
      await clock.sleep(Math.min(pacer.msUntilNext(nowMs), leftMs), signal);
      continue;
    }

    const batch = await takeBatch(messages, count);
    if (batch.length > 0) {
      await sink.send(batch);
      pacer.spend(batch.length);
      produced += batch.length;
      onProgress(produced);
    }
    if (batch.length < count) break;
  }
  await messages.return?.();
  return { produced, durationMs: clock.now() - startMs };
}

async function takeBatch(messages: ProducerRun['messages'], count: number): Promise<Message[]> {
  const batch: Message[] = [];
  while (batch.length < count) {
    const pending = messages.next();
    // Awaiting what is there already would cost more than making up the event.
    const next = pending instanceof Promise ? await pending : pending;
    if (next.done) break;
    batch.push(next.value);
  }
  return batch;
}
