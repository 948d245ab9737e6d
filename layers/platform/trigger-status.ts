import { z } from 'zod';
import { answerWithin } from './answer-within.ts';
import type { Log } from './log.ts';

const counters = z.object({
  function: z.string(),
  topics: z.array(z.string()),
  isConnected: z.boolean(),
  batches: z.int(),
  delivered: z.int(),
  filtered: z.int(),
  discarded: z.int(),
  failures: z.int(),
  oversized: z.int(),
  lastError: z.string().nullish(),
});

const answer = z.object({ startedAt: z.iso.datetime(), mappings: z.array(counters) });

/** What the laptop's Kafka trigger counts, since it started. */
export type TriggerStatus = z.infer<typeof answer>;

const TIMEOUT_MS = 1000;

/**
 * Asks the Kafka trigger of the laptop for its counters; on AWS they are CloudWatch metrics.
 *
 * @returns undefined where there is no such trigger, or none that answers (the log says why)
 */
export async function readTriggerStatus(url: string | undefined, log: Log): Promise<TriggerStatus | undefined> {
  if (url === undefined) return undefined;
  try {
    return await answerWithin(TIMEOUT_MS, (signal) => askTrigger(url, signal));
  } catch (error) {
    log.warn('the Kafka trigger does not say how it is', { url, error: String(error) });
    return undefined;
  }
}

/** Asks as `readTriggerStatus` does. @throws Error where the trigger does not answer */
export async function askTrigger(url: string, signal: AbortSignal): Promise<TriggerStatus> {
  const response = await fetch(url, { signal });
  return answer.parse(await response.json());
}
