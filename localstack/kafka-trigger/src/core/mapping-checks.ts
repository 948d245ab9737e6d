import { parseFailureDestination } from './failure-destination.ts';
import { explainFilterError } from './filter.ts';
import { readDestination, readFilterPatterns, recordOf, stringsOf } from './properties.ts';
import { MSK_ACCESS_TYPES, readSourceAccess } from './source-access.ts';
import type { FunctionDescription } from './template.ts';

/** A setting that will not behave as written. */
export interface MappingProblem {
  /** Logical id of the mapping. */
  mapping: string;
  setting: string;
  /** rejected: deployment fails on AWS. ignored: AWS accepts it without effect. not-emulated: works on AWS, not here. */
  verdict: 'rejected' | 'ignored' | 'not-emulated';
  reason: string;
}

/**
 * Checks a mapping's properties against the documented rules.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html (2026-11).
 */
export function checkProperties(
  mapping: string,
  properties: Record<string, unknown>,
  target: FunctionDescription | undefined,
): MappingProblem[] {
  const isProvisioned = properties.ProvisionedPollerConfig !== undefined;
  return [
    ...checkFunction(properties, target),
    ...checkRanges(properties),
    ...checkModes(properties, isProvisioned),
    ...checkDestination(properties, isProvisioned),
    ...checkAccess(properties),
  ].map((problem) => ({ mapping, ...problem }));
}

type Finding = Omit<MappingProblem, 'mapping'>;

const MAX_FUNCTION_TIMEOUT_MS = 14 * 60 * 1000;

/** Error handling that on-demand mode does not have. */
const PROVISIONED_ONLY = [
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
];

const NEEDS_PROVISIONED = 'needs ProvisionedPollerConfig; batches are retried whole until they succeed';

const MAX_FILTERS = 10;

const UNRESOLVED_DESTINATION =
  'what it refers to is not known here (give the resource a name); failed batches are retried until they succeed';

/** Of streams and queues, not of Kafka. */
const FOREIGN = ['ParallelizationFactor', 'TumblingWindowInSeconds', 'ScalingConfig', 'Queues'];

function checkFunction(properties: Record<string, unknown>, target: FunctionDescription | undefined): Finding[] {
  if (!target) {
    const reference = JSON.stringify(properties.FunctionName);
    return [rejected('FunctionName', `${reference} is not a function of this service; the mapping is not polled`)];
  }
  return target.timeoutMs > MAX_FUNCTION_TIMEOUT_MS
    ? [rejected('Timeout', `function ${target.key} of a Kafka mapping may run for 14 minutes at most`)]
    : [];
}

function checkRanges(properties: Record<string, unknown>): Finding[] {
  const topics = properties.Topics;
  const position = properties.StartingPosition;
  return [
    ...checkInteger(properties, 'BatchSize', 1, 10_000),
    ...checkInteger(properties, 'MaximumBatchingWindowInSeconds', 0, 300),
    ...checkInteger(properties, 'MaximumRetryAttempts', -1, 10_000),
    ...(Number(properties.MaximumRecordAgeInSeconds) === -1
      ? []
      : checkInteger(properties, 'MaximumRecordAgeInSeconds', 60, 604_800)),
    ...checkInteger(recordOf(properties.ProvisionedPollerConfig), 'MinimumPollers', 1, 200),
    ...checkInteger(recordOf(properties.ProvisionedPollerConfig), 'MaximumPollers', 1, 2_000),
    ...checkFilters(properties),
    ...(Array.isArray(topics) && topics.length === 1 ? [] : [rejected('Topics', 'exactly one topic is allowed')]),
    ...(['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'].includes(String(position))
      ? []
      : [rejected('StartingPosition', `${String(position)} is none of TRIM_HORIZON, LATEST, AT_TIMESTAMP`)]),
    ...(position === 'AT_TIMESTAMP' && properties.StartingPositionTimestamp === undefined
      ? [rejected('StartingPositionTimestamp', 'required with AT_TIMESTAMP, in Unix seconds')]
      : []),
  ];
}

function checkInteger(properties: Record<string, unknown>, setting: string, low: number, high: number): Finding[] {
  const value = properties[setting];
  if (value === undefined) return [];
  const number = Number(value);
  return Number.isInteger(number) && number >= low && number <= high
    ? []
    : [rejected(setting, `${String(value)} is not a whole number from ${low} to ${high}`)];
}

function checkFilters(properties: Record<string, unknown>): Finding[] {
  const patterns = readFilterPatterns(properties);
  const reasons = patterns.flatMap((pattern) => explainFilterError(pattern) ?? []);
  return [
    ...reasons.map((reason) => rejected('FilterCriteria', `${reason}; the pattern is left out`)),
    ...(patterns.length > MAX_FILTERS ? [rejected('FilterCriteria', `more than ${MAX_FILTERS} filters`)] : []),
  ];
}

function checkModes(properties: Record<string, unknown>, isProvisioned: boolean): Finding[] {
  const has = (setting: string) => properties[setting] !== undefined;
  return [
    ...(isProvisioned ? [] : PROVISIONED_ONLY.filter(has).map((setting) => rejected(setting, NEEDS_PROVISIONED))),
    ...FOREIGN.filter(has).map((setting) => rejected(setting, 'is not a setting of Kafka event sources')),
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

function checkAccess(properties: Record<string, unknown>): Finding[] {
  if (properties.SelfManagedEventSource !== undefined) return [];
  return readSourceAccess(properties)
    .filter(({ type }) => !MSK_ACCESS_TYPES.includes(type))
    .map(({ type }) => rejected('SourceAccessConfigurations', `${type} is not for MSK`));
}

function notEmulated(setting: string, reason: string): Finding {
  return { setting, verdict: 'not-emulated', reason };
}

function rejected(setting: string, reason: string): Finding {
  return { setting, verdict: 'rejected', reason };
}
