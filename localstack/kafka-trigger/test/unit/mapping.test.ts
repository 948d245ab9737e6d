import { describe, expect, it } from '@jest/globals';
import { RETRY_UNTIL_SUCCESS } from '../../src/core/failure-policy.ts';
import { type Mapping, readMappings } from '../../src/core/mapping.ts';
import type { FunctionDescription } from '../../src/core/template.ts';

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';
const FUNCTIONS: FunctionDescription[] = [
  {
    key: 'ingest',
    logicalId: 'IngestLambdaFunction',
    name: 'shop-dev-ingest',
    arn: `${FUNCTION_ARN}shop-dev-ingest`,
    timeoutMs: 60_000,
  },
  {
    key: 'slow',
    logicalId: 'SlowLambdaFunction',
    name: 'shop-dev-slow',
    arn: `${FUNCTION_ARN}shop-dev-slow`,
    timeoutMs: 15 * 60_000,
  },
];
const ARN = 'arn:aws:kafka:us-east-1:000000000000:cluster/demo/0';
const MSK = {
  EventSourceArn: ARN,
  FunctionName: { 'Fn::GetAtt': ['IngestLambdaFunction', 'Arn'] },
  StartingPosition: 'TRIM_HORIZON',
  Topics: ['orders'],
};

const read = (properties: Record<string, unknown>) =>
  readMappings(
    { Resources: { Orders: { Type: 'AWS::Lambda::EventSourceMapping', Properties: properties } } },
    FUNCTIONS,
    (id) => `shop-dev.${id}`,
  );
const mappingOf = (properties: Record<string, unknown>) => read({ ...MSK, ...properties }).mappings[0] as Mapping;
const destination = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } });
const problemsOf = (properties: Record<string, unknown>) =>
  read({ ...MSK, ...properties }).problems.map(({ setting, verdict }) => [setting, verdict]);

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
      FunctionName: { 'Fn::GetAtt': ['IngestLambdaFunction', 'Arn'] },
      SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['b-1:9092', 'b-2:9092'] } },
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'mine' },
      StartingPosition: 'LATEST',
      Topics: ['orders'],
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

  // https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html
  it('has the secrets that authenticate it, and not its network', () => {
    const SourceAccessConfigurations = [
      { Type: 'SASL_SCRAM_512_AUTH', URI: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:kafka' },
      { Type: 'VPC_SUBNET', URI: 'subnet:subnet-1' },
    ];
    expect(mappingOf({ SourceAccessConfigurations }).access).toEqual([
      { type: 'SASL_SCRAM_512_AUTH', secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:kafka' },
    ]);
  });

  it('of a queue is none of ours', () => {
    const queue = { EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q', FunctionName: 'shop-dev-ingest' };
    expect(read(queue)).toEqual({ mappings: [], problems: [] });
  });
});

describe('a setting that AWS would reject or ignore is reported', () => {
  it.each([
    ['BatchSize', { BatchSize: 20_000 }],
    ['MaximumBatchingWindowInSeconds', { MaximumBatchingWindowInSeconds: 0.5 }],
    ['Topics', { Topics: ['a', 'b'] }],
    ['StartingPosition', { StartingPosition: 'EARLIEST' }],
    ['StartingPositionTimestamp', { StartingPosition: 'AT_TIMESTAMP' }],
    ['ParallelizationFactor', { ParallelizationFactor: 2 }],
    // https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
    ['BisectBatchOnFunctionError', { BisectBatchOnFunctionError: true }],
    ['MaximumRecordAgeInSeconds', { ProvisionedPollerConfig: {}, MaximumRecordAgeInSeconds: 5 }],
    ['MaximumPollers', { ProvisionedPollerConfig: { MaximumPollers: 2_001 } }],
    // https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
    ['FilterCriteria', { FilterCriteria: { Filters: [{ Pattern: '{"key":["a"]}' }] } }],
    // https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
    ['DestinationConfig', { DestinationConfig: { OnFailure: { Destination: 'kafka://failed' } } }],
    ['DestinationConfig', { ProvisionedPollerConfig: {}, ...destination('kafka://orders') }],
    ['DestinationConfig', { ProvisionedPollerConfig: {}, ...destination('a queue') }],
    // https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html
    ['SourceAccessConfigurations', { SourceAccessConfigurations: [{ Type: 'BASIC_AUTH', URI: 'arn:aws:secret' }] }],
    ['FunctionName', { FunctionName: 'another-service' }],
    ['Timeout', { FunctionName: 'shop-dev-slow' }],
  ])('%s', (setting, properties) => {
    expect(problemsOf(properties)).toEqual([[setting, 'rejected']]);
  });
});
