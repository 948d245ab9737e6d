import { describe, expect, it } from '@jest/globals';
import { MSK, readAll, SELF_MANAGED } from '../support/templates.ts';

const group = (ConsumerGroupId: string) => ({ AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId } });

// https://docs.aws.amazon.com/lambda/latest/api/API_AmazonManagedKafkaEventSourceConfig.html
describe('a consumer group', () => {
  it('is of one mapping: a later one is not polled, whatever its topic and cluster', () => {
    const { mappings, problems } = readAll({
      First: { ...MSK, ...group('g') },
      Other: { ...MSK, ...group('h') },
      SameTopic: { ...MSK, FunctionName: 'shop-dev-ingest', ...group('g') },
      OtherTopic: { ...MSK, Topics: ['payments'], ...group('g') },
      OtherCluster: { ...SELF_MANAGED, SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: 'g' } },
    });
    expect(mappings.map(({ id }) => id)).toEqual(['First', 'Other']);
    const shared = {
      setting: 'ConsumerGroupId',
      verdict: 'rejected',
      reason: 'ConsumerGroupId g is also that of First',
    };
    expect(problems).toEqual(
      ['SameTopic', 'OtherTopic', 'OtherCluster'].map((mapping) => ({ mapping, ...shared, stopsPolling: true })),
    );
  });

  it('that another mapping has by default is taken too', () => {
    const { mappings } = readAll({ First: MSK, Second: { ...MSK, ...group('shop-dev.First') } });
    expect(mappings.map(({ id }) => id)).toEqual(['First']);
  });

  it('may have every documented character', () => {
    expect(readAll({ First: { ...MSK, ...group('aZ0-/*:_+=.@') } }).problems).toEqual([]);
  });
});
