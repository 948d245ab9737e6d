/**
 * Batch layer: brings every gold table up to the lake's newest snapshot.
 *
 * Trigger:     a step of runBatch, or an invocation with {"stream"}; with {"domain", "fromDate", "toDate"} it computes
 *              the gold of those days (inclusive, UTC) again
 * Reads:       what the lake holds since the last refresh
 * Writes:      <name>_gold, tidemark.{gold_refreshes,batch_runs}, the live gold views
 * Idempotency: a view names the segments it reads, and each is named only when it is complete
 */
import { recordRun } from '@tidemark/platform/batch-runs';
import { readConfig } from '@tidemark/platform/config';
import { z } from 'zod';
import { createBatchDependencies } from './batch-dependencies.ts';
import { dateField, domainField, readPayload, streamField, streamsOfDomain } from './payload.ts';
import { recomputeGold } from './refresh-gold/recompute-gold.ts';
import { refreshStream } from './refresh-gold/refresh-stream.ts';
import { runForStreams } from './run-for-streams.ts';

const payloadSchema = z
  .strictObject({ stream: streamField, domain: domainField, fromDate: dateField, toDate: dateField })
  .refine(({ fromDate, toDate }) => fromDate === undefined || toDate === undefined || fromDate <= toDate, {
    path: ['toDate'],
    message: 'must not be before fromDate',
  });

const config = readConfig();
const deps = createBatchDependencies(config, 'refresh-gold');

export async function handler(payload: unknown) {
  const { stream, domain, fromDate, toDate } = readPayload(payloadSchema, payload);
  const isRecomputation = fromDate !== undefined || toDate !== undefined;
  return runForStreams(streamsOfDomain(domain), stream, (declaration) => {
    const run = () =>
      isRecomputation ? recomputeGold(declaration, { fromDate, toDate }, deps) : refreshStream(declaration, deps);
    return recordRun(isRecomputation ? 'recompute-gold' : 'refresh-gold', declaration.stream.name, run, deps);
  });
}
