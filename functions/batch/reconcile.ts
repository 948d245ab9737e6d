/**
 * Batch layer: accounts for every offset of every partition, and compares what both layers hold.
 *
 * Trigger:     EventBridge schedule, or an invocation with {"stream", "full": true, "acknowledge"}
 * Reads:       the lake's newest snapshot, the hot tables, the dead letters, and Kafka where no table has an offset
 * Writes:      tidemark.{reconciliations,batch_runs,acknowledged_gaps}
 * Idempotency: changes no data
 */
import { declarations } from '@tidemark/domains/index';
import { readConfig } from '@tidemark/platform/config';
import { createKafkaOpener } from '@tidemark/platform/connections';
import { z } from 'zod';
import { createBatchDependencies } from './batch-dependencies.ts';
import { readPayload, streamField } from './payload.ts';
import { acknowledgementSchema } from './reconcile/acknowledge-gaps.ts';
import { reconcileStreams } from './reconcile/reconcile-streams.ts';

const payloadSchema = z
  .strictObject({
    stream: streamField,
    full: z.boolean().default(false),
    acknowledge: acknowledgementSchema.optional(),
  })
  .refine(({ stream, acknowledge }) => acknowledge === undefined || stream !== undefined, {
    path: ['stream'],
    message: 'must name the stream of the gap',
  });

const DAY_MS = 86_400_000;

const config = readConfig();
const deps = createBatchDependencies(config, 'reconcile');
const openKafka = createKafkaOpener(config, 'tidemark-reconcile');

export async function handler(payload: unknown) {
  const { stream, full, acknowledge } = readPayload(payloadSchema, payload);
  const input = { isFull: full, acknowledge, hotRetentionMs: config.HOT_RETENTION_DAYS * DAY_MS };
  return reconcileStreams(declarations, stream, input, { ...deps, kafka: await openKafka() });
}
