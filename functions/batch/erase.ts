/**
 * Batch layer: forgets a subject, or records by their positions, in every place, and proves it.
 *
 * Trigger:     an invocation with {"stream", "column", "value", "dryRun"} or {"stream", "positions"}; without a payload
 *              it goes on with what is not finished
 * Reads:       Kafka up to its ends, every data file of the lake
 * Writes:      tidemark.{erasures,erased_positions,lake_snapshots,snapshot_floors,batch_runs}, the lake, gold; deletes
 *              from the hot table, tidemark.{dead_letters,event_identities,event_conflicts}, gold and the bucket
 * Idempotency: each step looks at what is there; killed at any moment, the next invocation goes on
 */
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { declarations } from '@tidemark/domains/index';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createKafkaOpener } from '@tidemark/platform/connections';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { createBatchDependencies } from './batch-dependencies.ts';
import { eraseSubject } from './erase/erase-subject.ts';
import { readPayload, streamField } from './payload.ts';
import { runForStreams } from './run-for-streams.ts';

const MAX_POSITIONS = 10_000;

const payloadSchema = z
  .strictObject({
    stream: streamField,
    column: z.string().optional(),
    value: z.string().min(1).optional(),
    positions: z
      .array(z.strictObject({ partition: z.int().min(0), offset: z.int().min(0) }))
      .min(1)
      .max(MAX_POSITIONS)
      .optional(),
    dryRun: z.boolean().default(false),
  })
  .refine(({ stream, column, value, positions }) => stream !== undefined || (!column && !value && !positions), {
    path: ['stream'],
    message: 'is needed to say what to erase',
  })
  .refine(({ column, value, positions }) => (column && value && !positions) || (!column && !value), {
    path: ['value'],
    message: 'give column and value, or positions',
  });

/** Time to finish the step that has begun. */
const RESERVE_MS = 60_000;

const config = readConfig();
const deps = createBatchDependencies(config, 'erase');
const openKafka = createKafkaOpener(config, 'tidemark-erase');

export async function handler(payload: unknown, context: Context) {
  const { stream, ...request } = readPayload(payloadSchema, payload);
  const deadlineMs = systemClock() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const kafka = await openKafka();
  const run = (declaration: StreamDeclaration, shareEndMs: number) =>
    eraseSubject(declaration, request, shareEndMs, { ...deps, kafka });
  return runForStreams(declarations, stream, run, { deadlineMs, clock: systemClock });
}
