import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { Kafka } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../../../test/support/kafka.ts';
import { type Ministack, startMinistack } from '../../../../test/support/ministack.ts';
import { type AwsClientConfig, createClientConfig } from '../../src/aws/client-config.ts';
import { parseFailureDestination } from '../../src/core/failure-destination.ts';
import { RETRY_UNTIL_SUCCESS } from '../../src/core/failure-policy.ts';
import { createClient } from '../../src/kafka/client.ts';
import { startTrigger, type Trigger } from '../../src/trigger.ts';
import { createInvoker, createMapping, createRecordingLog, eventually } from '../support/fakes.ts';

jest.setTimeout(60_000);

let broker: TestKafka;
let ministack: Ministack;
let aws: AwsClientConfig;
let kafka: Kafka;
let triggers: Trigger[] = [];

beforeAll(async () => {
  [broker, ministack] = await Promise.all([startTestKafka(), startMinistack()]);
  aws = createClientConfig({ endpoint: ministack.endpoint, region: 'us-east-1' }, {});
  kafka = createClient({ brokers: [broker.brokers] }, () => {});
});
afterEach(async () => {
  await Promise.all(triggers.map((trigger) => trigger.stop()));
  triggers = [];
});
afterAll(async () => {
  await broker.stop();
  await ministack.stop();
});

/** Gives up the record "poison" of three after one retry, and sends it to the destination. */
async function discardPoison(topic: string, destination: string): Promise<void> {
  await (await startDiscarding(topic, destination)).discarded;
}

async function startDiscarding(topic: string, destination: string) {
  await broker.createTopic(topic);
  const producer = createProducer(kafka);
  await producer.connect();
  const messages = ['good', 'poison', 'better'].map((value) => ({ key: `key of ${value}`, value }));
  await producer.send({ topic, messages });
  await producer.disconnect();
  const { invoker } = createInvoker((event) => {
    const values = Object.values(event.records).flat();
    if (values.some(({ value }) => value === btoa('poison'))) throw new Error('poisoned');
  });
  const { log, lines } = createRecordingLog();
  const mapping = createMapping({
    id: 'Orders',
    topics: [topic],
    consumerGroupId: `group-${topic}`,
    failurePolicy: { ...RETRY_UNTIL_SUCCESS, maxRetries: 1, bisects: true },
    failureDestination: parseFailureDestination(destination),
  });
  const trigger = startTrigger({ mappings: [mapping], invoker, log, brokers: [broker.brokers], aws });
  triggers.push(trigger);
  const discarded = eventually(() => expect(trigger.stats()[0]).toMatchObject({ delivered: 2, discarded: 1 }));
  return { lines, discarded };
}

const expectedRecord = (topic: string) => ({
  requestContext: { condition: 'RetryAttemptsExhausted', functionArn: expect.stringContaining('shop-dev-ingest') },
  responseContext: { functionError: 'Unhandled' },
  KafkaBatchInfo: { batchSize: 1, recordsInfo: { [`${topic}-0`]: { firstRecordOffset: '1', lastRecordOffset: '1' } } },
});

async function createQueue(name: string): Promise<{ arn: string; receive: () => Promise<string | undefined> }> {
  const sqs = new SQSClient(aws);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const receive = async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    return Messages?.[0]?.Body;
  };
  return { arn: `arn:aws:sqs:us-east-1:000000000000:${name}`, receive };
}

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
describe('what is given up goes', () => {
  it('to a bucket, with the event as an escaped string', async () => {
    await ministack.createBucket('failures');
    await discardPoison('to-s3', 'arn:aws:s3:::failures');
    const s3 = new S3Client({ ...aws, forcePathStyle: true });
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'failures' }));
    expect(Contents).toHaveLength(1);
    const key = Contents[0]?.Key ?? '';
    expect(key).toMatch(
      /^aws\/lambda\/Orders\/to-s3-0\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
    );
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'failures', Key: key }));
    const { payload, ...record } = JSON.parse((await Body?.transformToString()) ?? '');
    expect(record).toMatchObject(expectedRecord('to-s3'));
    expect(JSON.parse(payload).records['to-s3-0']).toMatchObject([{ offset: 1, value: btoa('poison') }]);
  });

  it('to a queue, as metadata alone', async () => {
    const { arn, receive } = await createQueue('failed');
    await discardPoison('to-sqs', arn);
    const record = JSON.parse((await receive()) ?? '');
    expect(record).toMatchObject(expectedRecord('to-sqs'));
    expect(record).not.toHaveProperty('payload');
  });

  it('to an SNS topic, as metadata alone', async () => {
    const sns = new SNSClient(aws);
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'failed' }));
    const { arn, receive } = await createQueue('subscriber');
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn }));
    await discardPoison('to-sns', TopicArn);
    const { Message } = JSON.parse((await receive()) ?? '');
    expect(JSON.parse(Message)).toMatchObject(expectedRecord('to-sns'));
    expect(JSON.parse(Message)).not.toHaveProperty('payload');
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
  it('to a topic of the same cluster, with its key and its payload', async () => {
    await broker.createTopic('failed', { partitions: 3 });
    await discardPoison('to-kafka', 'kafka://failed');
    const consumer = kafka.consumer({ groupId: 'reader' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'failed', fromBeginning: true });
    const found: { key: string | undefined; value: unknown }[] = [];
    await consumer.run({
      eachMessage: async ({ message: { key, value } }) => {
        found.push({ key: key?.toString(), value: JSON.parse(value?.toString() ?? '') });
      },
    });
    await eventually(() => expect(found).toHaveLength(1));
    await consumer.disconnect();
    expect(found[0]).toMatchObject({
      key: 'key of poison',
      value: {
        requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: expect.any(Number) },
        KafkaBatchInfo: { batchSize: 1, recordInfo: { offset: '1' } },
        payload: { records: { 'to-kafka-0': [{ offset: 1, value: btoa('poison') }] } },
      },
    });
  });

  it('nowhere while the destination is missing: the partition waits, and says so', async () => {
    const topic = 'to-nowhere';
    const { lines, discarded } = await startDiscarding(topic, 'arn:aws:sqs:us-east-1:000000000000:missing');
    const warning = 'on-failure destination not reached';
    await eventually(() => expect(lines.some(({ message }) => message === warning)).toBe(true));
    expect(triggers[0]?.stats()[0]).toMatchObject({ discarded: 0, partitions: [{ committedOffset: 1 }] });
    const { receive } = await createQueue('missing');
    await discarded;
    expect(JSON.parse((await receive()) ?? '')).toMatchObject(expectedRecord(topic));
  });
});
