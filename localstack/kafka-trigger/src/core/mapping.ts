import {
  type FailureDestination,
  MAX_RETRIES_WITH_DESTINATION,
  parseFailureDestination,
} from './failure-destination.ts';
import { type FailurePolicy, RETRY_UNTIL_SUCCESS } from './failure-policy.ts';
import { explainFilterError } from './filter.ts';
import { checkProperties, type MappingProblem } from './mapping-checks.ts';
import { numberOf, readDestination, readFilterPatterns, recordOf, stringsOf } from './properties.ts';
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
  /** Most batches in flight at once. */
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

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html (2026-11). */
export const DEFAULT_BATCH_SIZE = 100;
export const MAX_BATCH_SIZE = 10_000;
/** Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html (2026-11). */
export const DEFAULT_WINDOW_MS = 500;

/**
 * Reads the Kafka event source mappings of a compiled template, its references resolved, and what is wrong with them.
 * `defaultGroup` names the consumer group of a mapping without one: AWS makes up a unique one at creation.
 */
export function readMappings(
  template: CompiledTemplate,
  functions: readonly FunctionDescription[],
  defaultGroup: (mapping: string) => string,
): ReadMappings {
  const mappings: Mapping[] = [];
  const problems: MappingProblem[] = [];
  for (const [id, { Type, Properties = {} }] of Object.entries(template.Resources)) {
    if (Type !== EVENT_SOURCE_MAPPING) continue;
    const source = readSource(id, Properties);
    if (!source) continue;
    const target = resolveFunction(Properties.FunctionName, functions);
    problems.push(...checkProperties(id, Properties, target));
    if (target) mappings.push(toMapping(id, Properties, source, target, defaultGroup(id)));
  }
  return { mappings, problems };
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
    batchSize: clamp(numberOf(properties.BatchSize) ?? DEFAULT_BATCH_SIZE, 1, MAX_BATCH_SIZE),
    windowMs: windowSeconds === undefined ? DEFAULT_WINDOW_MS : clamp(windowSeconds, 0, 300) * 1000,
    startingPosition: readStartingPosition(properties),
    isEnabled: properties.Enabled !== false && properties.Enabled !== 'false',
    pollers: numberOf(recordOf(properties.ProvisionedPollerConfig).MaximumPollers) ?? Number.POSITIVE_INFINITY,
    failurePolicy: readFailurePolicy(properties, failureDestination),
    failureDestination,
    filterPatterns: readFilterPatterns(properties).filter((pattern) => explainFilterError(pattern) === undefined),
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
  const limit = (setting: string, unit: number, otherwise = Number.POSITIVE_INFINITY) => {
    const value = isLost ? -1 : (numberOf(properties[setting]) ?? -1);
    return value < 0 ? otherwise : value * unit;
  };
  return {
    maxRetries: limit('MaximumRetryAttempts', 1, destination && MAX_RETRIES_WITH_DESTINATION),
    maxRecordAgeMs: limit('MaximumRecordAgeInSeconds', 1000),
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
  const managed = recordOf(properties.AmazonManagedKafkaEventSourceConfig).ConsumerGroupId;
  const selfManaged = recordOf(properties.SelfManagedKafkaEventSourceConfig).ConsumerGroupId;
  return [managed, selfManaged].find((group) => typeof group === 'string');
}

function readStartingPosition(properties: Record<string, unknown>): StartingPosition {
  const timestampSeconds = numberOf(properties.StartingPositionTimestamp);
  if (properties.StartingPosition === 'LATEST') return { kind: 'LATEST' };
  if (properties.StartingPosition === 'AT_TIMESTAMP' && timestampSeconds !== undefined)
    return { kind: 'AT_TIMESTAMP', timestampMs: timestampSeconds * 1000 };
  return { kind: 'TRIM_HORIZON' };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.floor(value)));
}
