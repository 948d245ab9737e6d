import { once } from 'node:events';
import type { Kafka } from 'kafkajs';
import { retryDelayMs } from './core/failure-policy.ts';
import { openSession } from './kafka/session.ts';
import { establishStartingPosition } from './kafka/starting-position.ts';
import { describeError, type Log } from './log.ts';
import type { Poller } from './poller.ts';

export interface SessionDeps {
  /** Called for every session, so that a secret that was changed is read anew. */
  connect(): Promise<Kafka>;
  log: Log;
  sessionTimeoutMs: number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const PASSED_OFFSETS_INTERVAL_MS = 1_000;

/**
 * Keeps a poller in its consumer group until `signal` aborts: opens a session, and when it fails or cannot be opened
 * (brokers away, topic not created yet) says so and tries again, after 5 s at the latest.
 */
export async function runSessions(poller: Poller, deps: SessionDeps, signal: AbortSignal): Promise<void> {
  const { mapping } = poller;
  for (let failures = 1; !signal.aborted; failures += 1) {
    const startedAtMs = performance.now();
    try {
      const error = await runSession(poller, deps, signal);
      if (signal.aborted) return;
      throw error ?? new Error('the consumer disconnected');
    } catch (error) {
      // A session that lived a while had joined: its end is a new outage.
      if (performance.now() - startedAtMs > 60_000) failures = 1;
      const retry_in_ms = retryDelayMs(failures);
      deps.log('warn', 'not polling', {
        mapping: mapping.id,
        topics: mapping.topics,
        retry_in_ms,
        ...describeError(error),
      });
      await deps.sleep(retry_in_ms, signal);
    }
  }
}

async function runSession(poller: Poller, deps: SessionDeps, signal: AbortSignal): Promise<Error | undefined> {
  const { consumerGroupId: groupId, topics } = poller.mapping;
  const kafka = await deps.connect();
  await establishStartingPosition(kafka, poller.mapping);
  const session = await openSession(kafka, { groupId, topics, sessionTimeoutMs: deps.sessionTimeoutMs }, poller);
  poller.attach(session);
  const passedOffsets = setInterval(() => {
    poller.commitPassedOffsets().catch((error: unknown) => {
      deps.log('warn', 'commit failed', { mapping: poller.mapping.id, ...describeError(error) });
    });
  }, PASSED_OFFSETS_INTERVAL_MS);
  const error = await Promise.race([session.ended, waitForAbort(signal)]);
  clearInterval(passedOffsets);
  if (signal.aborted) await poller.stop();
  poller.detach();
  await session.close();
  return error;
}

async function waitForAbort(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}
