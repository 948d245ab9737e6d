import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import { RETRY_UNTIL_SUCCESS } from '../../src/core/failure-policy.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { FunctionError, type Invoker } from '../../src/invokers/invoker.ts';
import type { Session } from '../../src/kafka/session.ts';
import { describeError, type Log, type LogLevel } from '../../src/log.ts';

export function createMapping(fields: Partial<Mapping> = {}): Mapping {
  return {
    id: 'Orders',
    functionKey: 'ingest',
    functionName: 'shop-dev-ingest',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:shop-dev-ingest',
    functionTimeoutMs: 60_000,
    source: { kind: 'msk', eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/demo/0' },
    access: [],
    topics: ['t'],
    consumerGroupId: 'group',
    batchSize: 100,
    windowMs: 0,
    startingPosition: { kind: 'TRIM_HORIZON' },
    isEnabled: true,
    pollers: Number.POSITIVE_INFINITY,
    failurePolicy: RETRY_UNTIL_SUCCESS,
    failureDestination: undefined,
    filterPatterns: [],
    ...fields,
  };
}

/** What `respond` of a fake invoker throws where the function is not reached; anything else is the function's error. */
export class NotReached extends Error {}

/** An invoker that records what it is given; `respond` decides each invocation. */
export function createInvoker(respond: (event: LambdaKafkaEvent) => unknown = () => undefined) {
  const events: LambdaKafkaEvent[] = [];
  const invoker: Invoker = {
    invoke: async (_target, event) => {
      events.push(event);
      try {
        return await respond(event);
      } catch (error) {
        throw error instanceof NotReached ? error : new FunctionError(describeError(error).error);
      }
    },
    close: async () => {},
  };
  return { invoker, events };
}

/** A session that accepts everything. */
export function createSession() {
  const commits: { partition: number; offset: number }[] = [];
  const paused = new Set<number>();
  const session: Session = {
    ended: new Promise(() => {}),
    commit: async (offsets) => {
      commits.push(...offsets.map(({ partition, offset }) => ({ partition, offset })));
    },
    pause: ({ partition }) => paused.add(partition),
    resume: ({ partition }) => paused.delete(partition),
    close: async () => {},
  };
  return { session, commits, paused };
}

export interface LogLine {
  level: LogLevel;
  message: string;
  fields: Record<string, unknown>;
}

export function createRecordingLog() {
  const lines: LogLine[] = [];
  const log: Log = (level, message, fields = {}) => {
    lines.push({ level, message, fields });
  };
  return { log, lines };
}

/** A promise and the functions that settle it. */
export function createDeferred<T = void>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** The offsets of an event by partition. */
export function offsetsOf(event: LambdaKafkaEvent | undefined): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(event?.records ?? {}).map(([name, records]) => [name, records.map(({ offset }) => offset)]),
  );
}

/** Polls until `check` no longer throws; fails with its last error after `timeoutMs`. */
export async function eventually(check: () => void | Promise<void>, timeoutMs = 20_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
