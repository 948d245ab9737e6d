/** Where a mapping sends what it gives up. */
export type FailureDestination =
  | { kind: 's3'; bucket: string }
  | { kind: 'sqs'; accountId: string; queueName: string }
  | { kind: 'sns'; topicArn: string }
  | { kind: 'kafka'; topic: string };

/** Retries of a mapping that has a destination, and no limit of its own. */
export const MAX_RETRIES_WITH_DESTINATION = 10;

/**
 * Reads `DestinationConfig.OnFailure.Destination`: the ARN of a bucket, queue or SNS topic, or `kafka://topic`. Undefined
 * if it is none of them.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html and
 * https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html (2026-11).
 */
export function parseFailureDestination(destination: unknown): FailureDestination | undefined {
  if (typeof destination !== 'string') return undefined;
  if (destination.startsWith(KAFKA_SCHEME)) return { kind: 'kafka', topic: destination.slice(KAFKA_SCHEME.length) };
  const [scheme, , service, , accountId = '', ...name] = destination.split(':');
  const resource = name.join(':');
  if (scheme !== 'arn' || resource === '') return undefined;
  if (service === 's3') return { kind: 's3', bucket: resource };
  if (service === 'sqs') return { kind: 'sqs', accountId, queueName: resource };
  if (service === 'sns') return { kind: 'sns', topicArn: destination };
  return undefined;
}

const KAFKA_SCHEME = 'kafka://';
