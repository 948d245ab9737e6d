import { retryDelayMs } from '../core/failure-policy.ts';
import type { DiscardedBatch } from '../core/failure-record.ts';
import { describeError, type Log } from '../log.ts';
import type { FailureSink } from './failure-sink.ts';

/**
 * Hands over what is given up; false if the attempts ended before the destination had it, by `signal`, or because the
 * records are no longer ours: their next owner gives them up.
 */
export type Capture = (batch: DiscardedBatch, signal: AbortSignal, isOurs: () => boolean) => Promise<boolean>;

export interface CaptureDeps {
  mapping: string;
  log: Log;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  open(): Promise<FailureSink>;
}

/**
 * Captures into a destination that is opened with the first need. While it cannot be reached its partition waits: AWS
 * drops the batch then, and counts it in a metric that nobody would look at on a laptop.
 */
export function createCapture(deps: CaptureDeps): { capture: Capture; close(): Promise<void> } {
  let sink: FailureSink | undefined;
  return {
    async capture(batch, signal, isOurs) {
      for (let failures = 1; !signal.aborted && isOurs(); failures += 1) {
        try {
          sink ??= await deps.open();
          await sink.send(batch);
          return true;
        } catch (error) {
          const retry_in_ms = retryDelayMs(failures);
          const details = { mapping: deps.mapping, retry_in_ms, ...describeError(error) };
          deps.log('warn', 'on-failure destination not reached', details);
          await deps.sleep(retry_in_ms, signal);
        }
      }
      return false;
    },
    close: async () => sink?.close(),
  };
}
