import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { AwsClientConfig } from '../aws/client-config.ts';
import { buildFailureRecord, type FailureContext } from '../core/failure-record.ts';
import type { FailureSink } from './failure-sink.ts';

/** Sends the metadata of each batch to a queue. */
export function openSqsSink(
  { accountId, queueName }: { accountId: string; queueName: string },
  config: AwsClientConfig,
  describe: () => FailureContext,
): FailureSink {
  const client = new SQSClient(config);
  let queueUrl: string | undefined;
  return {
    async send(batch) {
      const owner = accountId === '' ? {} : { QueueOwnerAWSAccountId: accountId };
      queueUrl ??= (await client.send(new GetQueueUrlCommand({ QueueName: queueName, ...owner }))).QueueUrl;
      const { record } = buildFailureRecord(batch, describe());
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(record) }));
    },
    close: async () => client.destroy(),
  };
}
