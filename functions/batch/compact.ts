/**
 * Batch layer: moves the tidemark; what Kafka holds above it becomes a snapshot of the lake.
 *
 * Trigger:     a step of runBatch, or an invocation with {"stream", "toOffsets": {"0": 1200}}
 * Reads:       each stream's topic from its tidemark; what Kafka has deleted, from the hot table
 * Writes:      the lake, tidemark.{dead_letters,publications,batch_runs}, the historical and unified views
 * Idempotency: a commit is a conditional PUT of the next version; what is below the tidemark is never read again
 */
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { declarations } from '@tidemark/domains/index';
import { recordRun } from '@tidemark/platform/batch-runs';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createKafkaOpener } from '@tidemark/platform/connections';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { createBatchDependencies } from './batch-dependencies.ts';
import { compactStream } from './compact/compact-stream.ts';
import { offsetsField, readPayload, streamField } from './payload.ts';
import { runForStreams } from './run-for-streams.ts';

const payloadSchema = z.strictObject({ stream: streamField, toOffsets: offsetsField });

/** Time to finish the commit that has begun and to publish. */
const RESERVE_MS = 60_000;

const config = readConfig();
const deps = createBatchDependencies(config, 'compact');
const openKafka = createKafkaOpener(config, 'tidemark-compact');

export async function handler(payload: unknown, context: Context) {
  const { stream, toOffsets } = readPayload(payloadSchema, payload);
  const deadlineMs = systemClock() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const kafka = await openKafka();
  const run = (declaration: StreamDeclaration, shareEndMs: number) => {
    const compact = () => compactStream(declaration, { toOffsets, deadlineMs: shareEndMs }, { ...deps, kafka });
    return recordRun('compact', declaration.stream.name, compact, deps);
  };
  return runForStreams(declarations, stream, run, { deadlineMs, clock: systemClock });
}
