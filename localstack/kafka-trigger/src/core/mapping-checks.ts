import { checkGroup } from './consumer-groups.ts';
import { parseFailureDestination } from './failure-destination.ts';
import { explainFilterError } from './filter.ts';
import { DEFAULT_MAX_POLLERS, ENDLESS, MAX_FILTERS, MAX_FILTERS_ON_REQUEST, RANGES, type Range } from './limits.ts';
import { type Finding, ignored, notEmulated, rejected, withoutPolling } from './mapping-problem.ts';
import {
  kafkaConfigNames,
  numberOf,
  readDestination,
  readFilterPatterns,
  readKafkaConfig,
  readTimestampMs,
  recordOf,
  stringsOf,
} from './properties.ts';
import { checkAccess } from './source-access.ts';
import type { FunctionDescription } from './template.ts';

/**
 * Checks a mapping's properties against the documented rules. `hasOwnSecurity`: see `checkAccess`.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html (2026-11).
 */
export function checkProperties(
  properties: Record<string, unknown>,
  target: FunctionDescription | undefined,
  hasOwnSecurity: boolean,
): Finding[] {
  const isProvisioned = properties.ProvisionedPollerConfig !== undefined;
  return [
    ...checkFunction(properties, target),
    ...checkRanges(properties),
    ...checkPosition(properties),
    ...checkFilters(properties),
    ...checkModes(properties, isProvisioned),
    ...checkCluster(properties),
    ...checkGroup(properties),
    ...checkDestination(properties, isProvisioned),
    ...checkAccess(properties, hasOwnSecurity),
  ];
}

const MAX_FUNCTION_TIMEOUT_MS = 14 * 60 * 1000;

/** Error handling that on-demand mode does not have. */
const PROVISIONED_ONLY = [
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
];

const NEEDS_PROVISIONED = 'needs ProvisionedPollerConfig; batches are retried whole until they succeed';

const UNRESOLVED_DESTINATION =
  'what it refers to is not known here (give the resource a name); failed batches are retried until they succeed';

/** Of streams and queues, not of Kafka. */
const FOREIGN = ['ParallelizationFactor', 'TumblingWindowInSeconds', 'ScalingConfig', 'Queues'];

function checkFunction(properties: Record<string, unknown>, target: FunctionDescription | undefined): Finding[] {
  if (!target) {
    const reference = JSON.stringify(properties.FunctionName);
    return [withoutPolling(rejected('FunctionName', `${reference} is not a function of this service`))];
  }
  return target.timeoutMs > MAX_FUNCTION_TIMEOUT_MS
    ? [rejected('Timeout', `function ${target.key} of a Kafka mapping may run for 14 minutes at most`)]
    : [];
}

function checkRanges(properties: Record<string, unknown>): Finding[] {
  const { Topics: topics, FunctionResponseTypes: responseTypes } = properties;
  const pollers = recordOf(properties.ProvisionedPollerConfig);
  const numbers = { ...properties, ...pollers };
  const minPollers = numberOf(pollers.MinimumPollers) ?? 1;
  const maxPollers = numberOf(pollers.MaximumPollers) ?? DEFAULT_MAX_POLLERS;
  const isKnown = (types: unknown) => Array.isArray(types) && types.every((type) => type === 'ReportBatchItemFailures');
  return [
    ...Object.entries(RANGES).flatMap(([setting, range]) => checkInteger(setting, numbers[setting], range)),
    ...(minPollers > maxPollers ? [rejected('MinimumPollers', `${minPollers} is more than MaximumPollers`)] : []),
    ...(responseTypes === undefined || isKnown(responseTypes)
      ? []
      : [rejected('FunctionResponseTypes', 'is not a list of ReportBatchItemFailures')]),
    ...(Array.isArray(topics) && topics.length === 1 ? [] : [rejected('Topics', 'exactly one topic is allowed')]),
  ];
}

function checkInteger(setting: string, value: unknown, [low, high]: Range): Finding[] {
  if (value === undefined) return [];
  const number = Number(value);
  const isEndless = ENDLESS.includes(setting);
  if ((isEndless && number === -1) || (Number.isInteger(number) && number >= low && number <= high)) return [];
  const range = `a whole number from ${low} to ${high}${isEndless ? ', or -1' : ''}`;
  return [rejected(setting, `${String(value)} is not ${range}`)];
}

function checkPosition(properties: Record<string, unknown>): Finding[] {
  const { StartingPosition: position, StartingPositionTimestamp: timestamp } = properties;
  if (!['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'].includes(String(position)))
    return [rejected('StartingPosition', `${String(position)} is none of TRIM_HORIZON, LATEST, AT_TIMESTAMP`)];
  if (position !== 'AT_TIMESTAMP')
    return timestamp === undefined ? [] : [ignored('StartingPositionTimestamp', 'is for AT_TIMESTAMP alone')];
  if (readTimestampMs(properties) !== undefined) return [];
  const reason = 'AT_TIMESTAMP needs Unix seconds; the mapping reads from the first record';
  return [rejected('StartingPositionTimestamp', reason)];
}

/** Without a pattern that cannot be read, a function would get what the pattern is to keep from it. */
function checkFilters(properties: Record<string, unknown>): Finding[] {
  const patterns = readFilterPatterns(properties);
  const unreadable = patterns.flatMap((pattern) => {
    if (typeof pattern !== 'string') return [notEmulated('FilterCriteria', 'a pattern is not a JSON text')];
    const reason = explainFilterError(pattern);
    return reason === undefined ? [] : [rejected('FilterCriteria', reason)];
  });
  const limit = `${MAX_FILTERS} filters are allowed, ${MAX_FILTERS_ON_REQUEST} on request`;
  return [
    ...unreadable.map(withoutPolling),
    ...(patterns.length > MAX_FILTERS ? [rejected('FilterCriteria', limit)] : []),
  ];
}

function checkModes(properties: Record<string, unknown>, isProvisioned: boolean): Finding[] {
  const has = (setting: string) => properties[setting] !== undefined;
  return [
    ...(isProvisioned ? [] : PROVISIONED_ONLY.filter(has).map((setting) => rejected(setting, NEEDS_PROVISIONED))),
    ...FOREIGN.filter(has).map((setting) => rejected(setting, 'is not a setting of Kafka event sources')),
  ];
}

function checkCluster(properties: Record<string, unknown>): Finding[] {
  const { foreign } = kafkaConfigNames(properties);
  const { SchemaRegistryConfig: registry, ConsumptionMode: mode = 'Stream' } = readKafkaConfig(properties);
  return [
    ...(properties[foreign] === undefined ? [] : [rejected(foreign, 'is for another kind of cluster')]),
    ...(registry === undefined ? [] : [notEmulated('SchemaRegistryConfig', 'records are delivered as they are')]),
    ...(mode === 'Stream' ? [] : [notEmulated('ConsumptionMode', 'records are consumed in order, as a stream')]),
  ];
}

function checkDestination(properties: Record<string, unknown>, isProvisioned: boolean): Finding[] {
  const destination = readDestination(properties);
  if (destination === undefined) return [];
  if (typeof destination !== 'string') return [notEmulated('DestinationConfig', UNRESOLVED_DESTINATION)];
  const parsed = parseFailureDestination(destination);
  const finding = (reason: string) => [rejected('DestinationConfig', `${JSON.stringify(destination)} ${reason}`)];
  if (!parsed) return finding('is neither the ARN of a bucket, queue or SNS topic, nor kafka://topic');
  if (parsed.kind !== 'kafka') return [];
  if (stringsOf(properties.Topics).includes(parsed.topic)) return finding('is the topic that the mapping reads');
  return isProvisioned ? [] : finding('needs ProvisionedPollerConfig');
}
