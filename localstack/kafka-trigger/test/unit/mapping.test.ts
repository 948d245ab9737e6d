import { describe, expect, it } from '@jest/globals';
import { RETRY_UNTIL_SUCCESS } from '../../src/core/failure-policy.ts';
import { ARN, FUNCTION_ARN, MSK, mappingOf, problemsOf, read, SELF_MANAGED } from '../support/templates.ts';

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html
describe('a mapping', () => {
  it('has the documented defaults', () => {
    expect(mappingOf({})).toEqual({
      id: 'Orders',
      functionKey: 'ingest',
      functionName: 'shop-dev-ingest',
      functionArn: `${FUNCTION_ARN}shop-dev-ingest`,
      functionTimeoutMs: 60_000,
      source: { kind: 'msk', eventSourceArn: ARN },
      access: [],
      topics: ['orders'],
      consumerGroupId: 'shop-dev.Orders',
      batchSize: 100,
      windowMs: 500,
      startingPosition: { kind: 'TRIM_HORIZON' },
      isEnabled: true,
      pollers: Number.POSITIVE_INFINITY,
      failurePolicy: RETRY_UNTIL_SUCCESS,
      failureDestination: undefined,
      filterPatterns: [],
    });
    expect(read(MSK).problems).toEqual([]);
  });

  it('takes its settings from the template', () => {
    const mapping = mappingOf({
      BatchSize: 10_000,
      MaximumBatchingWindowInSeconds: 0,
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'ingest' },
      Enabled: false,
      ProvisionedPollerConfig: { MaximumPollers: 3 },
    });
    expect(mapping).toMatchObject({
      batchSize: 10_000,
      windowMs: 0,
      consumerGroupId: 'ingest',
      isEnabled: false,
      pollers: 3,
    });
  });

  it('of a self-managed cluster has brokers of its own', () => {
    const { mappings } = read({
      ...SELF_MANAGED,
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'mine' },
      StartingPosition: 'LATEST',
    });
    expect(mappings[0]).toMatchObject({
      source: { kind: 'self-managed', bootstrapServers: ['b-1:9092', 'b-2:9092'] },
      consumerGroupId: 'mine',
      startingPosition: { kind: 'LATEST' },
    });
  });

  it('reads the starting timestamp in seconds', () => {
    const position = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 1_700_000_000 };
    expect(mappingOf(position).startingPosition).toEqual({ kind: 'AT_TIMESTAMP', timestampMs: 1_700_000_000_000 });
    const fraction = { ...position, StartingPositionTimestamp: 1_700_000_000.1234 };
    expect(mappingOf(fraction).startingPosition).toEqual({ kind: 'AT_TIMESTAMP', timestampMs: 1_700_000_000_123 });
  });

  it.each([['2026-01-01T00:00:00Z'], [new Date('2026-01-01')], [-1], [1e20], [Number.NaN], [undefined]])(
    'that starts at %p reads from the first record, and says so',
    (StartingPositionTimestamp) => {
      const properties = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp };
      expect(mappingOf(properties).startingPosition).toEqual({ kind: 'TRIM_HORIZON' });
      expect(problemsOf(properties)).toEqual([['StartingPositionTimestamp', 'rejected']]);
    },
  );

  it.each([
    [0, 1],
    [-3, 1],
    [1e6, 2_000],
    [Number.NaN, Number.POSITIVE_INFINITY],
  ])('with %p pollers has %p: it never stands still', (MaximumPollers, pollers) => {
    expect(mappingOf({ ProvisionedPollerConfig: { MaximumPollers } }).pollers).toBe(pollers);
  });

  it.each([
    [{ Ref: 'IngestLambdaFunction' }],
    [{ 'Fn::Join': [':', [{ 'Fn::GetAtt': ['IngestLambdaFunction', 'Arn'] }, 'provisioned']] }],
    [{ 'Fn::Sub': '\u0024{IngestLambdaFunction.Arn}:live' }],
    ['shop-dev-ingest'],
    ['arn:aws:lambda:us-east-1:000000000000:function:shop-dev-ingest:live'],
  ])('finds its function through %j', (reference) => {
    expect(mappingOf({ FunctionName: reference }).functionKey).toBe('ingest');
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
  it('in provisioned mode has a failure policy, -1 meaning for ever', () => {
    const provisioned = { ProvisionedPollerConfig: { MinimumPollers: 1 } };
    expect(mappingOf(provisioned).failurePolicy).toEqual(RETRY_UNTIL_SUCCESS);
    expect(mappingOf({ ...provisioned, MaximumRetryAttempts: -1 }).failurePolicy).toEqual(RETRY_UNTIL_SUCCESS);
    const everything = {
      ...provisioned,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 60,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    };
    expect(mappingOf(everything).failurePolicy).toEqual({
      maxRetries: 3,
      maxRecordAgeMs: 60_000,
      bisects: true,
      reportsItemFailures: true,
    });
  });

  it.each([
    [0, 60_000],
    [-5, Number.POSITIVE_INFINITY],
    ['old', Number.POSITIVE_INFINITY],
  ])(
    'with a record age of %p s has %p ms: no record is given up at once',
    (MaximumRecordAgeInSeconds, maxRecordAgeMs) => {
      const properties = { ProvisionedPollerConfig: {}, MaximumRecordAgeInSeconds };
      expect(mappingOf(properties).failurePolicy.maxRecordAgeMs).toBe(maxRecordAgeMs);
      expect(problemsOf(properties)).toEqual([['MaximumRecordAgeInSeconds', 'rejected']]);
    },
  );

  it.each([
    ['arn:aws:s3:::failures', { kind: 's3', bucket: 'failures' }],
    ['arn:aws:sqs:us-east-1:000000000000:failed', { kind: 'sqs', accountId: '000000000000', queueName: 'failed' }],
    [
      'arn:aws:sns:us-east-1:000000000000:failed',
      { kind: 'sns', topicArn: 'arn:aws:sns:us-east-1:000000000000:failed' },
    ],
    ['kafka://failed', { kind: 'kafka', topic: 'failed' }],
  ])('sends what it gives up to %s, after 10 retries unless it says another number', (Destination, expected) => {
    const properties = { ProvisionedPollerConfig: {}, DestinationConfig: { OnFailure: { Destination } } };
    expect(mappingOf(properties).failureDestination).toEqual(expected);
    expect(mappingOf(properties).failurePolicy.maxRetries).toBe(10);
    expect(mappingOf({ ...properties, MaximumRetryAttempts: 2 }).failurePolicy.maxRetries).toBe(2);
    expect(problemsOf(properties)).toEqual([]);
  });

  it('on demand retries for ever though it has a destination, which then gets only what no event can hold', () => {
    const properties = { DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } } };
    expect(mappingOf(properties).failurePolicy).toEqual(RETRY_UNTIL_SUCCESS);
    expect(mappingOf(properties).failureDestination).toEqual({ kind: 's3', bucket: 'failures' });
  });

  it('gives nothing up while its destination refers to something unknown, and says so', () => {
    const Destination = { 'Fn::GetAtt': ['UnnamedQueue', 'Arn'] };
    const properties = {
      ProvisionedPollerConfig: {},
      MaximumRetryAttempts: 2,
      MaximumRecordAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination } },
    };
    expect(mappingOf(properties).failurePolicy).toEqual(RETRY_UNTIL_SUCCESS);
    expect(problemsOf(properties)).toEqual([['DestinationConfig', 'not-emulated']]);
  });

  it('of a queue is none of ours', () => {
    const queue = { EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q', FunctionName: 'shop-dev-ingest' };
    expect(read(queue)).toEqual({ mappings: [], problems: [] });
  });
});
