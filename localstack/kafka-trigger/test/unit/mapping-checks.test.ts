import { describe, expect, it } from '@jest/globals';
import { MSK, problemsOf, read, SELF_MANAGED } from '../support/templates.ts';

const destination = (Destination: string) => ({ DestinationConfig: { OnFailure: { Destination } } });

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html
describe('a setting that AWS would reject or ignore is reported', () => {
  it.each([
    ['BatchSize', { BatchSize: 20_000 }],
    ['MaximumBatchingWindowInSeconds', { MaximumBatchingWindowInSeconds: 0.5 }],
    ['Topics', { Topics: ['a', 'b'] }],
    ['StartingPosition', { StartingPosition: 'EARLIEST' }],
    ['ParallelizationFactor', { ParallelizationFactor: 2 }],
    // https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
    ['BisectBatchOnFunctionError', { BisectBatchOnFunctionError: true }],
    ['MaximumRecordAgeInSeconds', { ProvisionedPollerConfig: {}, MaximumRecordAgeInSeconds: 5 }],
    ['MaximumPollers', { ProvisionedPollerConfig: { MaximumPollers: 2_001 } }],
    ['MinimumPollers', { ProvisionedPollerConfig: { MinimumPollers: 5, MaximumPollers: 2 } }],
    ['FunctionResponseTypes', { ProvisionedPollerConfig: {}, FunctionResponseTypes: ['ReportBatchItemFailure'] }],
    ['FunctionResponseTypes', { ProvisionedPollerConfig: {}, FunctionResponseTypes: 'ReportBatchItemFailures' }],
    ['SelfManagedKafkaEventSourceConfig', { SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'g' } }],
    ['ConsumerGroupId', { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'two words' } }],
    ['ConsumerGroupId', { AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'g'.repeat(201) } }],
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
    ['FilterCriteria', { FilterCriteria: { Filters: Array(6).fill({ Pattern: '{}' }) } }],
    // https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
    ['DestinationConfig', destination('kafka://failed')],
    ['DestinationConfig', { ProvisionedPollerConfig: {}, ...destination('kafka://orders') }],
    ['DestinationConfig', { ProvisionedPollerConfig: {}, ...destination('a queue') }],
    ['FunctionName', { FunctionName: 'another-service' }],
    ['Timeout', { FunctionName: 'shop-dev-slow' }],
  ])('%s', (setting, properties) => {
    expect(problemsOf(properties)).toEqual([[setting, 'rejected']]);
  });

  it('a timestamp without AT_TIMESTAMP, which has no effect', () => {
    expect(problemsOf({ StartingPosition: 'LATEST', StartingPositionTimestamp: 1 })).toEqual([
      ['StartingPositionTimestamp', 'ignored'],
    ]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/services-consume-kafka-events.html
  it.each([
    ['SchemaRegistryConfig', { SchemaRegistryConfig: { EventRecordFormat: 'JSON' } }],
    ['ConsumptionMode', { ConsumptionMode: 'Queue' }],
    ['ConsumerGroupId', { ConsumerGroupId: { 'Fn::ImportValue': 'group' } }],
  ])('%s, which is not emulated', (setting, AmazonManagedKafkaEventSourceConfig) => {
    expect(problemsOf({ AmazonManagedKafkaEventSourceConfig })).toEqual([[setting, 'not-emulated']]);
    const of = { ...SELF_MANAGED, SelfManagedKafkaEventSourceConfig: AmazonManagedKafkaEventSourceConfig };
    expect(read(of).problems).toMatchObject([{ setting, verdict: 'not-emulated' }]);
  });

  it("a setting for MSK on a cluster of one's own, whose group it does not name", () => {
    const { mappings, problems } = read({
      ...SELF_MANAGED,
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'managed' },
    });
    expect(problems).toMatchObject([{ setting: 'AmazonManagedKafkaEventSourceConfig', verdict: 'rejected' }]);
    expect(mappings[0]?.consumerGroupId).toBe('shop-dev.Orders');
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
describe('a mapping is not polled, and its function gets nothing that a filter keeps from it,', () => {
  it.each([
    ['of another field', 'rejected', [{ Pattern: '{"key":["a"]}' }]],
    [
      'that is refused, beside one that is not',
      'rejected',
      [{ Pattern: '{"value":["a"]}' }, { Pattern: '{"value":1}' }],
    ],
    ['that is no text', 'not-emulated', [{ Pattern: { value: ['a'] } }]],
    ['without a pattern', 'not-emulated', [{}]],
    ['that refers to something unknown', 'not-emulated', { 'Fn::If': ['IsLive', [], []] }],
  ])('with a filter %s', (_name, verdict, Filters) => {
    const { mappings, problems } = read({ ...MSK, FilterCriteria: { Filters } });
    expect(mappings).toEqual([]);
    expect(problems).toMatchObject([{ setting: 'FilterCriteria', verdict, stopsPolling: true }]);
  });

  it('but without any filter is', () => {
    for (const FilterCriteria of [{}, { Filters: [] }])
      expect(read({ ...MSK, FilterCriteria })).toMatchObject({ mappings: [{ filterPatterns: [] }], problems: [] });
  });
});
