import { findSharedGroups } from './consumer-groups.ts';
import {
  type FailureDestination,
  MAX_RETRIES_WITH_DESTINATION,
  parseFailureDestination,
} from './failure-destination.ts';
import { type FailurePolicy, RETRY_UNTIL_SUCCESS } from './failure-policy.ts';
import { DEFAULT_BATCH_SIZE, DEFAULT_WINDOW_MS, RANGES, type Range } from './limits.ts';
import { checkProperties } from './mapping-checks.ts';
import type { MappingProblem } from './mapping-problem.ts';
import {
  numberOf,
  readDestination,
  readFilterPatterns,
  readKafkaConfig,
  readTimestampMs,
  recordOf,
  stringsOf,
} from './properties.ts';
import { readSourceAccess, type SourceAccess } from './source-access.ts';
import { type CompiledTemplate, EVENT_SOURCE_MAPPING, type FunctionDescription, resolveFunction } from './template.ts';

/** An event source mapping, as it runs: every default filled in, times in milliseconds. */
export interface Mapping {
  /** Logical id in the template. */
  id: string;
  functionKey: string;
  functionName: string;
  functionArn: string;
  functionTimeoutMs: number;
  source: MappingSource;
  /** How to authenticate, where neither the environment nor the settings say it. */
  access: readonly SourceAccess[];
  topics: readonly string[];
  consumerGroupId: string;
  batchSize: number;
  windowMs: number;
  startingPosition: StartingPosition;
  isEnabled: boolean;
  /** Most batches in flight at once; infinite where the mapping does not say it. */
  pollers: number;
  failurePolicy: FailurePolicy;
  failureDestination: FailureDestination | undefined;
  /** JSON texts, see `compileFilters`; empty delivers everything. */
  filterPatterns: readonly string[];
}

/** An MSK cluster is known by its ARN alone; its brokers come from the settings. */
export type MappingSource =
  | { kind: 'msk'; eventSourceArn: string }
  | { kind: 'self-managed'; bootstrapServers: readonly string[] };

export type StartingPosition =
  | { kind: 'TRIM_HORIZON' }
  | { kind: 'LATEST' }
  | { kind: 'AT_TIMESTAMP'; timestampMs: number };

export interface ReadMappings {
  mappings: Mapping[];
  /** What AWS would reject or ignore, and what is not emulated. */
  problems: MappingProblem[];
}

/** What a template is read with. */
export interface ReadOptions {
  functions: readonly FunctionDescription[];
  /** Names the consumer group of a mapping without one: AWS makes up a unique one at creation. */
  defaultGroup(mapping: string): string;
  /** The settings say how to authenticate, in place of the mappings' secrets. */
  hasOwnSecurity: boolean;
}

/**
 * Reads the Kafka event source mappings of a compiled template, its references resolved, and what is wrong with them.
 * Those that must not be polled are left out.
 */
export function readMappings(template: CompiledTemplate, options: ReadOptions): ReadMappings {
  const mappings: Mapping[] = [];
  const problems: MappingProblem[] = [];
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    if (Type !== EVENT_SOURCE_MAPPING) continue;
    const source = readSource(id, Properties);
    if (!source) continue;
    const target = resolveFunction(Properties.FunctionName, options.functions);
    const findings = checkProperties(Properties, target, options.hasOwnSecurity);
    problems.push(...findings.map((finding) => ({ mapping: id, ...finding })));
    if (target && !findings.some(({ stopsPolling }) => stopsPolling))
      mappings.push(toMapping(id, Properties, source, target, options.defaultGroup(id)));
  }
  const shared = findSharedGroups(mappings.map((mapping) => ({ name: mapping.id, mapping })));
  return { mappings: shared.sole.map(({ mapping }) => mapping), problems: [...problems, ...shared.problems] };
}

function toMapping(
  id: string,
  properties: Record<string, unknown>,
  source: MappingSource,
  target: FunctionDescription,
  defaultGroup: string,
): Mapping {
  const failureDestination = parseFailureDestination(readDestination(properties));
  const windowSeconds = numberOf(properties.MaximumBatchingWindowInSeconds);
  const maximumPollers = numberOf(recordOf(properties.ProvisionedPollerConfig).MaximumPollers);
  return {
    id,
    functionKey: target.key,
    functionName: target.name,
    functionArn: target.arn,
    functionTimeoutMs: target.timeoutMs,
    source,
    access: readSourceAccess(properties),
    topics: stringsOf(properties.Topics),
    consumerGroupId: readGroup(properties) ?? defaultGroup,
    batchSize: clamp(numberOf(properties.BatchSize) ?? DEFAULT_BATCH_SIZE, RANGES.BatchSize),
    windowMs:
      windowSeconds === undefined
        ? DEFAULT_WINDOW_MS
        : clamp(windowSeconds, RANGES.MaximumBatchingWindowInSeconds) * 1000,
    startingPosition: readStartingPosition(properties),
    isEnabled: properties.Enabled !== false && properties.Enabled !== 'false',
    pollers: maximumPollers === undefined ? Number.POSITIVE_INFINITY : clamp(maximumPollers, RANGES.MaximumPollers),
    failurePolicy: readFailurePolicy(properties, failureDestination),
    failureDestination,
    filterPatterns: stringsOf(readFilterPatterns(properties)),
  };
}

/**
 * -1 is for ever, save that a destination would then never get anything. With a destination that is not known here,
 * nothing is given up: it would be lost.
 */
function readFailurePolicy(
  properties: Record<string, unknown>,
  destination: FailureDestination | undefined,
): FailurePolicy {
  if (properties.ProvisionedPollerConfig === undefined) return RETRY_UNTIL_SUCCESS;
  const isLost = destination === undefined && readDestination(properties) !== undefined;
  const limit = (setting: string, lowest: number, otherwise = Number.POSITIVE_INFINITY) => {
    const value = isLost ? -1 : (numberOf(properties[setting]) ?? -1);
    return value < 0 ? otherwise : Math.max(lowest, value);
  };
  return {
    maxRetries: limit('MaximumRetryAttempts', 0, destination && MAX_RETRIES_WITH_DESTINATION),
    maxRecordAgeMs: limit('MaximumRecordAgeInSeconds', RANGES.MaximumRecordAgeInSeconds[0]) * 1000,
    bisects: String(properties.BisectBatchOnFunctionError) === 'true',
    reportsItemFailures: stringsOf(properties.FunctionResponseTypes).includes('ReportBatchItemFailures'),
  };
}

/** A queue or stream of another kind is none of ours. */
function readSource(id: string, properties: Record<string, unknown>): MappingSource | undefined {
  const endpoints = recordOf(recordOf(properties.SelfManagedEventSource).Endpoints);
  const bootstrapServers = stringsOf(endpoints.KafkaBootstrapServers);
  if (bootstrapServers.length > 0) return { kind: 'self-managed', bootstrapServers };
  if (properties.Topics === undefined) return undefined;
  const arn = properties.EventSourceArn;
  return {
    kind: 'msk',
    eventSourceArn: typeof arn === 'string' ? arn : `arn:aws:kafka:local:000000000000:cluster/${id}/unresolved`,
  };
}

function readGroup(properties: Record<string, unknown>): string | undefined {
  const group = readKafkaConfig(properties).ConsumerGroupId;
  return typeof group === 'string' && group !== '' ? group : undefined;
}

/** A position that cannot be read is the first record: nothing is lost. */
function readStartingPosition(properties: Record<string, unknown>): StartingPosition {
  if (properties.StartingPosition === 'LATEST') return { kind: 'LATEST' };
  const timestampMs = readTimestampMs(properties);
  return properties.StartingPosition === 'AT_TIMESTAMP' && timestampMs !== undefined
    ? { kind: 'AT_TIMESTAMP', timestampMs }
    : { kind: 'TRIM_HORIZON' };
}

function clamp(value: number, [low, high]: Range): number {
  return Math.min(high, Math.max(low, Math.floor(value)));
}
