import type { KafkaLog } from '@tidemark/platform/kafka/log';
import type { Log } from '@tidemark/platform/log';

/**
 * Says what an operator should know of a topic whose timestamps are the producer's; empty where they are the broker's.
 *
 * Where the setting cannot be read, such as for want of a right, it says nothing and the log does: records are counted
 * by offset, and no answer depends on it.
 */
export async function warnOfTimestamps(kafka: KafkaLog, topic: string, log: Log): Promise<string[]> {
  try {
    if ((await kafka.timestampSource(topic)) === 'LogAppendTime') return [];
  } catch (error) {
    log.info('the timestamp type of the topic could not be read', { topic, error: String(error) });
    return [];
  }
  return [
    `topic ${topic} uses CreateTime: the producer's clock decides on its retention; ` +
      'set message.timestamp.type=LogAppendTime',
  ];
}
