/**
 * Batch layer: checks the newest data of each stream; what fails is marked, and stops nothing.
 *
 * Trigger:     a step of runBatch every five minutes, or an invocation with {"stream"}
 * Reads:       the hot tables and the live views of the last hours, tidemark.publications
 * Writes:      tidemark.{quality_checks,batch_runs}
 * Idempotency: each run adds its results to the history; the newest count
 */
import { randomUUID } from 'node:crypto';
import { declarations } from '@tidemark/domains/index';
import { recordRun } from '@tidemark/platform/batch-runs';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createLog } from '@tidemark/platform/log';
import { z } from 'zod';
import { checkStream } from './check-quality/check-stream.ts';
import { readPayload, streamField } from './payload.ts';
import { runForStreams } from './run-for-streams.ts';

const payloadSchema = z.strictObject({ stream: streamField });

const config = readConfig();
const deps = {
  clickhouse: createClickHouse(config, 'admin'),
  clock: systemClock,
  newId: randomUUID,
  log: createLog('check-quality'),
};

export async function handler(payload: unknown) {
  const { stream } = readPayload(payloadSchema, payload);
  return runForStreams(declarations, stream, (declaration) =>
    recordRun('check-quality', declaration.stream.name, () => checkStream(declaration, deps), deps),
  );
}
