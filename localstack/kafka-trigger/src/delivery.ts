import { readBatchResponse } from './core/batch-response.ts';
import type { Batch } from './core/batcher.ts';
import { buildEvent, type EventSource } from './core/event.ts';
import { measureEvent } from './core/event-size.ts';
import {
  countRecords,
  createPortion,
  decideAfterFailure,
  type Failure,
  type Portion,
  resumeFrom,
  splitByAge,
} from './core/failure-policy.ts';
import type { DiscardReason } from './core/failure-record.ts';
import type { Mapping } from './core/mapping.ts';
import type { LaneSlice } from './core/partition-lane.ts';
import type { Capture } from './destinations/capture.ts';
import { FunctionError, type Invoker } from './invokers/invoker.ts';
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
  const whole = createPortion(batch.slices);
  if (batch.isOversized) return discard(whole, 'record too large', deps, signal);
  const portions = [whole];
  for (let portion = portions.shift(); portion && !signal.aborted; portion = portions.shift()) {
    const { delayMs, next } = await deliverPortion(withoutRevoked(portion), deps, signal);
    portions.unshift(...next);
    if (delayMs > 0) await deps.sleep(delayMs, signal);
  }
}

type Step = { next: readonly Portion[]; delayMs: number };

const DONE: Step = { next: [], delayMs: 0 };

async function deliverPortion(portion: Portion, deps: DeliveryDeps, signal: AbortSignal): Promise<Step> {
  const { failurePolicy } = deps.mapping;
  const { young, expired } = splitByAge(portion.slices, failurePolicy, Date.now());
  if (expired.length > 0) await discard({ ...portion, slices: expired }, 'record age exceeded', deps, signal);
  if (young.length === 0 || signal.aborted) return DONE;
  const attempted = { ...portion, slices: young };
  const failure = await attempt(attempted, deps);
  const finished = finishedPart(young, failure);
  if (finished.length > 0) await deps.finish(finished, 'delivered');
  if (!failure) return DONE;
  const decision = decideAfterFailure(attempted, failure, failurePolicy);
  if (decision.kind === 'retry') return decision;
  await discard(decision.portion, 'retries exhausted', deps, signal);
  return DONE;
}

/** Invokes the function once; returns what went wrong, if anything. */
async function attempt({ slices, attempts }: Portion, deps: DeliveryDeps): Promise<Failure | undefined> {
  const { mapping, source, invoker, log } = deps;
  const startedAtMs = performance.now();
  const report = (level: 'info' | 'warn', outcome: 'delivered' | Failure['kind'], more = {}) =>
    log(level, 'batch', {
      ...describeSlices(slices, deps),
      attempt: attempts + 1,
      duration_ms: Math.round((performance.now() - startedAtMs) * 10) / 10,
      outcome,
      ...more,
    });
  try {
    const event = buildEvent(source, slices);
    log('debug', 'event', { mapping: mapping.id, event });
    const failed = findFailed(await invoker.invoke(mapping, event), slices, mapping);
    if (failed.length === 0) {
      report('info', 'delivered');
      return undefined;
    }
    report('warn', 'partly failed', { failed_records: countRecords(failed) });
    return { kind: 'partly failed', failed };
  } catch (error) {
    const kind = error instanceof FunctionError ? 'failed' : 'not invoked';
    deps.onFailure(error);
    report('warn', kind, describeError(error));
    return { kind };
  }
}

function findFailed(response: unknown, slices: readonly LaneSlice[], mapping: Mapping): readonly LaneSlice[] {
  if (!mapping.failurePolicy.reportsItemFailures) return [];
  const delivered = new Map(
    slices.map(({ lane, records }) => [lane.name, new Set(records.map(({ offset }) => offset))]),
  );
  const read = readBatchResponse(response, (name, offset) => delivered.get(name)?.has(offset) === true);
  if (read.kind === 'malformed') throw new FunctionError(`malformed batch response: ${read.reason}`);
  return read.kind === 'partial' ? resumeFrom(slices, read.failedFrom) : [];
}

/** Finishes nothing if the destination does not get the records: they come again, here or at another consumer. */
async function discard(
  portion: Portion,
  reason: DiscardReason,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  const { mapping, log, capture, finish } = deps;
  const { slices, attempts, hasFunctionError } = portion;
  const destination = mapping.failureDestination?.kind ?? null;
  log('error', 'records discarded', { ...describeSlices(slices, deps), attempts, reason, destination });
  const isOurs = () => withoutRevoked(portion).slices.length > 0;
  if (capture && !(await capture({ slices, reason, attempts, hasFunctionError }, signal, isOurs))) return;
  await finish(slices, reason === 'record too large' ? 'oversized' : 'discarded');
}

/** Of each slice the records before those that failed. */
function finishedPart(slices: readonly LaneSlice[], failure: Failure | undefined): readonly LaneSlice[] {
  if (!failure) return slices;
  if (failure.kind !== 'partly failed') return [];
  return slices.flatMap((slice) => {
    const failed = failure.failed.find(({ lane }) => lane === slice.lane);
    const failedFrom = failed?.records[0]?.offset ?? Number.POSITIVE_INFINITY;
    const records = slice.records.filter(({ offset }) => offset < failedFrom);
    return records.length === 0 ? [] : [{ ...slice, records }];
  });
}

function withoutRevoked(portion: Portion): Portion {
  return { ...portion, slices: portion.slices.filter(({ lane }) => !lane.isRevoked) };
}

function describeSlices(
  slices: readonly LaneSlice[],
  { mapping, source }: Pick<DeliveryDeps, 'mapping' | 'source'>,
): Record<string, unknown> {
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
    bytes: measureEvent(source, slices),
  };
}
