import type { Cluster } from './cluster.ts';

/** Whose clock a topic's timestamps come from: the broker's at appending, or the producer's. */
export type TimestampSource = 'LogAppendTime' | 'CreateTime';

/** Source: https://kafka.apache.org/43/configuration/topic-configs/#topicconfigs_message.timestamp.type */
const TIMESTAMP_TYPE = 'message.timestamp.type';
/** Source: https://kafka.apache.org/43/design/protocol/ (resource types of DescribeConfigs) */
const TOPIC_RESOURCE = 2;

/** Asks the leader of the topic's first partition. Errors: kafkajs's own, such as for a missing right. */
export async function readTimestampSource(cluster: Cluster, topic: string): Promise<TimestampSource> {
  const leader = cluster.findTopicPartitionMetadata(topic)[0]?.leader;
  const broker = await cluster.findBroker({ nodeId: String(leader) });
  const { resources } = await broker.describeConfigs({
    resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: [TIMESTAMP_TYPE] }],
  });
  const value = resources[0]?.configEntries.find(({ configName }) => configName === TIMESTAMP_TYPE)?.configValue;
  return value === 'LogAppendTime' ? value : 'CreateTime';
}
