/**
 * Batch layer: brings every gold table up to the lake's newest snapshot.
 *
 * Trigger:     a step of runBatch, or an invocation with {"stream"}
 * Reads:       what the lake holds since the last refresh
 * Writes:      <name>_gold, tidemark.{gold_refreshes,batch_runs}, the live gold views
 * Idempotency: a view names the segments it reads, and each is named only when it is complete
 */
import { randomUUID } from 'node:crypto';
import { declarations } from '@tidemark/domains/index';
import { recordRun } from '@tidemark/platform/batch-runs';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { openLake } from '@tidemark/platform/connections';
import { createLog } from '@tidemark/platform/log';
import { z } from 'zod';
import { readPayload, streamField } from './payload.ts';
import { refreshStream } from './refresh-gold/refresh-stream.ts';
import { runForStreams } from './run-for-streams.ts';

const payloadSchema = z.strictObject({ stream: streamField });

const config = readConfig();
const deps = {
  clickhouse: createClickHouse(config, 'admin'),
  store: openLake(config),
  clock: systemClock,
  newId: randomUUID,
  log: createLog('refresh-gold'),
};

export async function handler(payload: unknown) {
  const { stream } = readPayload(payloadSchema, payload);
  return runForStreams(declarations, stream, (declaration) =>
    recordRun('refresh-gold', declaration.stream.name, () => refreshStream(declaration, deps), deps),
  );
}
