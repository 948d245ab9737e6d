/**
 * Batch layer: keeps the lake, the hot tables and gold in shape: small files, old snapshots, what nobody reads any more.
 *
 * Trigger:     EventBridge schedule, or an invocation with {"stream", "dryRun"}
 * Reads:       the lake's metadata, the published views, tidemark.{publications,gold_refreshes}
 * Writes:      the lake (`replace` snapshots, deletions), tidemark.{snapshot_floors,lake_snapshots,batch_runs};
 *              drops hot blocks, gold segments and what killed rebuilds left
 * Idempotency: each step looks at what is there and does what is still due; an erasure that is not finished goes on
 */
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { declarations } from '@tidemark/domains/index';
import { recordRun } from '@tidemark/platform/batch-runs';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createKafkaOpener } from '@tidemark/platform/connections';
import { readErasures } from '@tidemark/platform/erasures';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { createBatchDependencies } from './batch-dependencies.ts';
import { eraseSubject } from './erase/erase-subject.ts';
import { maintainStream } from './maintain-lake/maintain-stream.ts';
import { readPayload, streamField } from './payload.ts';
import { runForStreams } from './run-for-streams.ts';

const payloadSchema = z.strictObject({ stream: streamField, dryRun: z.boolean().default(false) });

/** Time to finish the file that is being rewritten. */
const RESERVE_MS = 120_000;
const DAY_MS = 86_400_000;

const config = readConfig();
const deps = createBatchDependencies(config, 'maintain-lake');
const openKafka = createKafkaOpener(config, 'tidemark-maintain-lake');
const kept = { hotRetentionMs: config.HOT_RETENTION_DAYS * DAY_MS, historyMs: config.LAKE_HISTORY_DAYS * DAY_MS };

export async function handler(payload: unknown, context: Context) {
  const { stream, dryRun } = readPayload(payloadSchema, payload);
  const deadlineMs = systemClock() + context.getRemainingTimeInMillis() - RESERVE_MS;
  const run = async (declaration: StreamDeclaration, shareEndMs: number) => {
    const input = { ...kept, deadlineMs: shareEndMs, isDryRun: dryRun };
    const maintain = () => maintainStream(declaration, input, deps);
    // A rehearsal is no run.
    if (dryRun) return maintain();
    const report = await recordRun('maintain-lake', declaration.stream.name, maintain, deps);
    await finishErasures(declaration, shareEndMs);
    return report;
  };
  return runForStreams(declarations, stream, run, { deadlineMs, clock: systemClock });
}

async function finishErasures(declaration: StreamDeclaration, deadlineMs: number): Promise<void> {
  const erasures = await readErasures(deps.clickhouse, declaration.stream.name);
  if (erasures.every(({ status }) => status === 'finished')) return;
  await eraseSubject(declaration, { dryRun: false }, deadlineMs, { ...deps, kafka: await openKafka() });
}
