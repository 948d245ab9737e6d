import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { AwsClientConfig } from '../aws/client-config.ts';
import { buildFailureRecord, type FailureContext } from '../core/failure-record.ts';
import type { FailureSink } from './failure-sink.ts';

/** Publishes the metadata of each batch to an SNS topic. */
export function openSnsSink(topicArn: string, config: AwsClientConfig, describe: () => FailureContext): FailureSink {
  const client = new SNSClient(config);
  return {
    async send(batch) {
      const { record } = buildFailureRecord(batch, describe());
      await client.send(new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(record) }));
    },
    close: async () => client.destroy(),
  };
}
