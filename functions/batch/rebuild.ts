/**
 * Batch layer: makes hot tables, gold and views again from Kafka and the lake, while reading goes on.
 *
 * Trigger:     an invocation with {"stream", "what": "hot" | "gold" | "views" | "all", "dryRun": true}
 * Reads:       the lake's newest snapshot, Kafka from its tidemark to the committed offsets
 * Writes:      the hot table, tidemark.{dead_letters,event_identities,identity_registrations,event_conflicts}, gold,
 *              all views, tidemark.{publications,gold_refreshes,reconciliations,batch_runs}
 * Idempotency: rows have the identity of their records; gold is a new generation of one segment
 */
import { domains } from '@tidemark/domains/index';
import { readConfig } from '@tidemark/platform/config';
import { createKafkaOpener } from '@tidemark/platform/connections';
import { z } from 'zod';
import { createBatchDependencies } from './batch-dependencies.ts';
import { readPayload, streamField } from './payload.ts';
import { REBUILT } from './rebuild/rebuild-stream.ts';
import { rebuildStreams } from './rebuild/rebuild-streams.ts';

const payloadSchema = z.strictObject({
  stream: streamField,
  what: z.enum([...REBUILT, 'all']),
  dryRun: z.boolean().default(false),
});

const DAY_MS = 86_400_000;

const config = readConfig();
const deps = createBatchDependencies(config, 'rebuild');
const openKafka = createKafkaOpener(config, 'tidemark-rebuild');

export async function handler(payload: unknown) {
  const { stream, what, dryRun } = readPayload(payloadSchema, payload);
  const input = { what, isDryRun: dryRun, hotRetentionMs: config.HOT_RETENTION_DAYS * DAY_MS };
  return rebuildStreams(domains, stream, input, { ...deps, kafka: await openKafka() });
}
