import { readBatchResponse } from './core/batch-response.ts';
import type { Batch } from './core/batcher.ts';
import { buildEvent, type EventSource } from './core/event.ts';
import { countRecords, decideAfterFailure, type Portion, resumeFrom, splitByAge } from './core/failure-policy.ts';
import type { DiscardedBatch, DiscardReason } from './core/failure-record.ts';
import type { Mapping } from './core/mapping.ts';
import type { LaneSlice } from './core/partition-lane.ts';
import type { Capture } from './destinations/capture.ts';
import type { Invoker } from './invokers/invoker.ts';
import { describeError, type Log } from './log.ts';

export interface DeliveryDeps {
  mapping: Mapping;
  source: EventSource;
  invoker: Invoker;
  log: Log;
  /** Waits between attempts; ends early when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Slices that are done with, delivered or discarded; resolves when that is committed. */
  finish(slices: readonly LaneSlice[], outcome: Outcome): Promise<void>;
  /** The mapping's on-failure destination; without one, discarded records are only logged. */
  capture?: Capture | undefined;
  /** Called on every failed attempt. */
  onFailure(error: unknown): void;
}

export type Outcome = 'delivered' | 'discarded' | 'oversized';

/**
 * Invokes the function until every record of a batch is finished, as the mapping's failure policy says. Portions of a
 * halved batch run one after the other, so order holds. Partitions that are revoked meanwhile drop out of the next
 * attempt; after `signal` it gives up. What is not finished then stays in the lanes' flight.
 */
export async function deliverBatch(batch: Batch, deps: DeliveryDeps, signal: AbortSignal): Promise<void> {
  if (batch.isOversized) return discard(batch.slices, { reason: 'record too large' }, deps, signal);
  const portions: Portion[] = [{ slices: batch.slices, failures: 0 }];
  for (let attempt = 1, portion = portions.shift(); portion && !signal.aborted; attempt += 1) {
    const { delayMs, next } = await deliverPortion(withoutRevoked(portion), attempt, deps, signal);
    portions.unshift(...next);
    if (delayMs > 0) await deps.sleep(delayMs, signal);
    portion = portions.shift();
  }
}

type Step = { next: readonly Portion[]; delayMs: number };

const DONE: Step = { next: [], delayMs: 0 };

async function deliverPortion(
  portion: Portion,
  attempt: number,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<Step> {
  const { failurePolicy } = deps.mapping;
  const { young, expired } = splitByAge(portion.slices, failurePolicy, Date.now());
  const attempts = attempt - 1;
  const hasFunctionError = portion.failures > 0;
  if (expired.length > 0)
    await discard(expired, { reason: 'record age exceeded', attempts, hasFunctionError }, deps, signal);
  if (young.length === 0) return DONE;
  const { failed, hasThrown } = await attemptOnce(young, attempt, deps);
  if (failed !== young) await deps.finish(finishedPart(young, failed), 'delivered');
  if (failed.length === 0) return DONE;
  const decision = decideAfterFailure({ slices: failed, failures: portion.failures }, failurePolicy);
  if (decision.kind === 'retry') return decision;
  const { reason } = decision;
  await discard(failed, { reason, attempts: attempt, hasFunctionError: hasThrown }, deps, signal);
  return DONE;
}

/** Returns what failed: nothing, the very slices, or, after a partial response, the later part of them. */
async function attemptOnce(
  slices: readonly LaneSlice[],
  attempt: number,
  deps: DeliveryDeps,
): Promise<{ failed: readonly LaneSlice[]; hasThrown: boolean }> {
  const { mapping, source, invoker, log } = deps;
  const startedAtMs = performance.now();
  const report = (level: 'info' | 'warn', outcome: string, more = {}) =>
    log(level, 'batch', {
      ...describeSlices(mapping, slices),
      attempt,
      duration_ms: Math.round((performance.now() - startedAtMs) * 10) / 10,
      outcome,
      ...more,
    });
  try {
    const event = buildEvent(source, slices);
    log('debug', 'event', { mapping: mapping.id, event });
    const failed = findFailed(await invoker.invoke(mapping, event), slices, mapping);
    if (failed.length > 0) report('warn', 'partly failed', { failed_records: countRecords(failed) });
    else report('info', 'delivered');
    return { failed, hasThrown: false };
  } catch (error) {
    deps.onFailure(error);
    report('warn', 'failed', describeError(error));
    return { failed: slices, hasThrown: true };
  }
}

function findFailed(response: unknown, slices: readonly LaneSlice[], mapping: Mapping): readonly LaneSlice[] {
  if (!mapping.failurePolicy.reportsItemFailures) return [];
  const delivered = new Map(
    slices.map(({ lane, records }) => [lane.name, new Set(records.map(({ offset }) => offset))]),
  );
  const read = readBatchResponse(response, (name, offset) => delivered.get(name)?.has(offset) === true);
  if (read.kind === 'malformed') throw new Error(`malformed batch response: ${read.reason}`);
  return read.kind === 'partial' ? resumeFrom(slices, read.failedFrom) : [];
}

type Discard = { reason: DiscardReason } & Partial<DiscardedBatch>;

/** Finishes nothing if the trigger stops before the destination has the records: then they come again. */
async function discard(
  slices: readonly LaneSlice[],
  { reason, attempts = 0, hasFunctionError = false }: Discard,
  { mapping, log, capture, finish }: DeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  const destination = mapping.failureDestination?.kind ?? null;
  log('error', 'records discarded', { ...describeSlices(mapping, slices), attempts, reason, destination });
  if (capture && !(await capture({ slices, reason, attempts, hasFunctionError }, signal))) return;
  await finish(slices, reason === 'record too large' ? 'oversized' : 'discarded');
}

/** Of each slice the records before those that failed. */
function finishedPart(slices: readonly LaneSlice[], failed: readonly LaneSlice[]): LaneSlice[] {
  return slices.flatMap((slice) => {
    const failedFrom = failed.find(({ lane }) => lane === slice.lane)?.records[0]?.offset ?? Number.POSITIVE_INFINITY;
    const records = slice.records.filter(({ offset }) => offset < failedFrom);
    return records.length === 0 ? [] : [{ ...slice, records }];
  });
}

function withoutRevoked({ slices, failures }: Portion): Portion {
  return { slices: slices.filter(({ lane }) => !lane.isRevoked), failures };
}

function describeSlices(mapping: Mapping, slices: readonly LaneSlice[]): Record<string, unknown> {
  return {
    mapping: mapping.id,
    function: mapping.functionKey,
    topic: slices[0]?.topic,
    partitions: slices.map(({ lane, partition, records }) => ({
      partition,
      first_offset: records[0]?.offset,
      last_offset: records.at(-1)?.offset,
      lag: lane.lagAfter(records.at(-1)?.offset),
    })),
    records: countRecords(slices),
    bytes: slices.reduce((sum, { records }) => records.reduce((inner, { eventBytes }) => inner + eventBytes, sum), 0),
  };
}
