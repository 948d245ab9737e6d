import type { Kafka } from 'kafkajs';
import type { AwsClientConfig } from './aws/client-config.ts';
import { readSecret } from './aws/read-secret.ts';
import type { EventSource } from './core/event.ts';
import type { Mapping, MappingSource } from './core/mapping.ts';
import { createCapture } from './destinations/capture.ts';
import { openFailureSink } from './destinations/failure-sink.ts';
import type { Invoker } from './invokers/invoker.ts';
import { createClient } from './kafka/client.ts';
import { readSecurityFromSecrets, type Security } from './kafka/security.ts';
import type { Log } from './log.ts';
import { Poller } from './poller.ts';
import { runSessions } from './run-sessions.ts';
import { sleep } from './sleep.ts';
import type { PollerStats } from './stats.ts';
import { UsageError } from './usage-error.ts';

export interface MappingDeps {
  invoker: Invoker;
  log: Log;
  /** Overrides a self-managed mapping's own brokers, and is the only source of an MSK mapping's. */
  brokers?: readonly string[] | undefined;
  /** Overrides what a mapping's secrets say. */
  security?: Security | undefined;
  /** For secrets and destinations; without it, these cannot be reached. */
  aws?: AwsClientConfig | undefined;
  /** Most invocations of one mapping at once; the mapping's own number of pollers by default, or 4. */
  maxConcurrency?: number | undefined;
  /** How long the group waits for a member that died; default 10 s. */
  sessionTimeoutMs?: number | undefined;
}

/** A mapping that is being polled. */
export interface RunningMapping {
  stats(): PollerStats;
  /** Waits up to 5 s for running invocations, commits what succeeded, and leaves the group; 8 s at most. */
  stop(): Promise<void>;
}

const DEFAULT_MAX_CONCURRENCY = 4;
const DEFAULT_SESSION_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 8_000;

/** Polls a mapping until `stop`. Throws if its brokers are not known, or if it might never invoke its function. */
export function startMapping(mapping: Mapping, deps: MappingDeps): RunningMapping {
  const { invoker, log, aws } = deps;
  const brokers = deps.brokers ?? brokersOf(mapping.source);
  if (brokers.length === 0)
    throw new UsageError(`mapping ${mapping.id}: no brokers known; set KAFKA_BROKERS or custom.kafkaTrigger.brokers`);
  const maxConcurrency =
    deps.maxConcurrency ?? (Number.isFinite(mapping.pollers) ? mapping.pollers : DEFAULT_MAX_CONCURRENCY);
  if (!(maxConcurrency >= 1))
    throw new UsageError(`mapping ${mapping.id}: maxConcurrency is ${maxConcurrency}, not 1 or more`);
  const source = toEventSource(mapping.source, brokers);
  const connect = async (): Promise<Kafka> => {
    const security =
      deps.security ?? (await readSecurityFromSecrets(mapping.access, (secretArn) => readSecret(secretArn, aws)));
    return createClient({ brokers, ...security }, log);
  };
  const destination = createDestination(mapping, { source, aws, connect }, log);
  const poller = new Poller(mapping, {
    invoker,
    log,
    source,
    maxConcurrency,
    capture: destination?.capture,
    sleep,
  });
  log('info', 'mapping', { ...describeMapping(mapping), max_concurrency: maxConcurrency, brokers });
  if (Number.isFinite(mapping.pollers) && maxConcurrency < mapping.pollers)
    log('warn', 'maxConcurrency is less than MaximumPollers', {
      mapping: mapping.id,
      max_concurrency: maxConcurrency,
      pollers: mapping.pollers,
    });
  const stopping = new AbortController();
  const sessionTimeoutMs = deps.sessionTimeoutMs ?? DEFAULT_SESSION_TIMEOUT_MS;
  const ended = runSessions(poller, { connect, log, sessionTimeoutMs, sleep }, stopping.signal);
  return {
    stats: () => poller.stats(),
    stop: async () => {
      stopping.abort();
      // Without a broker there is nothing to leave, and no reason to wait for its return.
      const stopped = new AbortController();
      const left = ended.finally(() => stopped.abort());
      await Promise.race([left, sleep(STOP_TIMEOUT_MS, stopped.signal)]);
      await destination?.close();
    },
  };
}

function createDestination(
  { id, functionArn, failureDestination }: Mapping,
  deps: { source: EventSource; aws: AwsClientConfig | undefined; connect(): Promise<Kafka> },
  log: Log,
) {
  if (!failureDestination) return undefined;
  const open = () => openFailureSink(failureDestination, { mapping: id, functionArn, ...deps });
  return createCapture({ mapping: id, log, sleep, open });
}

function brokersOf(source: MappingSource): readonly string[] {
  return source.kind === 'self-managed' ? source.bootstrapServers : [];
}

function toEventSource(source: MappingSource, brokers: readonly string[]): EventSource {
  const bootstrapServers = brokers.join(',');
  return source.kind === 'msk'
    ? { kind: 'msk', eventSourceArn: source.eventSourceArn, bootstrapServers }
    : { kind: 'self-managed', bootstrapServers };
}

/** Infinity is null in JSON: no limit. */
function describeMapping(mapping: Mapping): Record<string, unknown> {
  const { maxRetries, maxRecordAgeMs, bisects, reportsItemFailures } = mapping.failurePolicy;
  return {
    mapping: mapping.id,
    function: mapping.functionKey,
    topics: mapping.topics,
    consumer_group: mapping.consumerGroupId,
    batch_size: mapping.batchSize,
    window_ms: mapping.windowMs,
    starting_position: mapping.startingPosition.kind,
    filters: mapping.filterPatterns.length,
    pollers: mapping.pollers,
    max_retries: maxRetries,
    max_record_age_ms: maxRecordAgeMs,
    bisects,
    reports_item_failures: reportsItemFailures,
    on_failure: mapping.failureDestination?.kind ?? null,
  };
}
