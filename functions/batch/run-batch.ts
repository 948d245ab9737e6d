/**
 * Batch layer: all that is due, each minute, stream after stream: compact → refresh-gold → check-quality → done.
 *
 * Trigger:     EventBridge schedule, or an invocation with {"stream"}, which runs every step whether it is due or not
 * Reads:       the run log; what the steps read
 * Writes:      what the steps write, tidemark.{batch_runs,batch_leases}
 * Idempotency: that of the steps; a scheduled run does not start while another one runs
 */
import { declarations } from '@tidemark/domains/index';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createKafkaOpener } from '@tidemark/platform/connections';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { createBatchDependencies } from './batch-dependencies.ts';
import { checkStream } from './check-quality/check-stream.ts';
import { compactStream } from './compact/compact-stream.ts';
import { isScheduled, readPayload, streamField } from './payload.ts';
import { refreshStream } from './refresh-gold/refresh-stream.ts';
import { runBatch } from './run-batch/run-batch.ts';
import type { BatchStep } from './run-batch/run-steps.ts';

const payloadSchema = z.strictObject({ stream: streamField });

/** Time to finish the step that has begun. */
const RESERVE_MS = 60_000;

/** A check looks at hours: every minute would say the same. */
const QUALITY_PERIOD_MS = 5 * 60_000;

const config = readConfig();
const deps = createBatchDependencies(config, 'run-batch');
const openKafka = createKafkaOpener(config, 'tidemark-run-batch');

const steps: readonly BatchStep[] = [
  {
    name: 'compact',
    periodMs: 0,
    run: async (declaration, deadlineMs) =>
      compactStream(declaration, { toOffsets: undefined, deadlineMs }, { ...deps, kafka: await openKafka() }),
  },
  { name: 'refresh-gold', periodMs: 0, run: (declaration) => refreshStream(declaration, deps) },
  { name: 'check-quality', periodMs: QUALITY_PERIOD_MS, run: (declaration) => checkStream(declaration, deps) },
];

export async function handler(payload: unknown, context: Context) {
  const { stream } = readPayload(payloadSchema, payload);
  const deadlineMs = systemClock() + context.getRemainingTimeInMillis() - RESERVE_MS;
  return runBatch({ declarations, steps, stream, isScheduled: isScheduled(payload), deadlineMs }, deps);
}
