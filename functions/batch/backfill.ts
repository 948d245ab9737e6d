/**
 * Batch layer: loads history from files through a stream's topic, so that both layers see it.
 *
 * Trigger:     an invocation with {"stream", "source": "s3://bucket/key", "format"?, "mapping"?, "loadId"?, "dryRun"?}
 * Reads:       the files; tidemark.backfill_loads as the user `query`, tidemark.erasures as the user `ingest`
 * Writes:      the stream's topic, in transactions; tidemark.{backfill_loads,batch_runs} as the user `ingest`
 * Idempotency: a transaction carries how much of the file is in the topic; a load that is done does nothing
 */
import { createHash, randomUUID } from 'node:crypto';
import { findDeclaration } from '@tidemark/domains/index';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createWriterOpener } from '@tidemark/platform/connections';
import { createLog } from '@tidemark/platform/log';
import { findSourceFiles } from '@tidemark/platform/source-files';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { backfill } from './backfill/backfill.ts';
import { FORMATS } from './backfill/file-format.ts';
import { readPayload, streamField } from './payload.ts';

const payloadSchema = z.strictObject({
  stream: streamField.unwrap(),
  source: z.string().min(1).max(2000),
  format: z.enum(FORMATS).optional(),
  mapping: z.record(z.string(), z.string().min(1)).default({}),
  loadId: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'must be letters, digits, dots, dashes and underscores')
    .optional(),
  dryRun: z.boolean().default(false),
  maxSeconds: z.int().min(1).optional(),
});

/** Time to finish the transaction that has begun. */
const RESERVE_MS = 30_000;

const config = readConfig();
const { S3_ENDPOINT: endpoint, AWS_REGION: region } = config;
const deps = {
  reader: createClickHouse(config, 'query'),
  writer: createClickHouse(config, 'ingest'),
  openWriter: createWriterOpener(config, 'tidemark-backfill'),
  findFiles: (source: string) =>
    findSourceFiles(source, { region, endpoint, mayReadDisk: config.TIDEMARK_STAGE === 'local' }),
  hash: (text: string) => createHash('sha256').update(text).digest('hex'),
  clock: systemClock,
  newId: randomUUID,
  log: createLog('backfill'),
};

export async function handler(payload: unknown, context: Context) {
  const { stream: name, maxSeconds, dryRun, ...rest } = readPayload(payloadSchema, payload);
  const remainingMs = context.getRemainingTimeInMillis() - RESERVE_MS;
  const deadlineMs = systemClock() + Math.min(remainingMs, (maxSeconds ?? Number.POSITIVE_INFINITY) * 1000);
  return backfill(findDeclaration(name).stream, { ...rest, isDryRun: dryRun, deadlineMs }, deps);
}
