import { describe, expect, it } from '@jest/globals';
import { buildFailureMessages, buildFailureRecord, type DiscardedBatch } from '../../src/core/failure-record.ts';
import { createCapture } from '../../src/destinations/capture.ts';
import { createRecordingLog } from '../support/fakes.ts';
import { createRecord } from '../support/records.ts';

const ARN = 'arn:aws:kafka:us-east-1:000000000000:cluster/demo/0';
const CONTEXT = {
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:shop-dev-ingest',
  source: { kind: 'msk', eventSourceArn: ARN, bootstrapServers: 'b-1:9092' } as const,
  requestId: '316aa6d0-8154-4ab9-9af7-85d5f4a6bc81',
  nowMs: Date.parse('2026-11-14T00:38:06.021Z'),
};
const BATCH: DiscardedBatch = {
  slices: [
    {
      topic: 't',
      partition: 0,
      records: [createRecord(7, { key: Buffer.from('k'), timestamp: 1_000 }), createRecord(9, { timestamp: 2_000 })],
    },
    { topic: 't', partition: 1, records: [createRecord(3, { timestamp: Number.MAX_SAFE_INTEGER })] },
  ],
  reason: 'retries exhausted',
  attempts: 3,
  hasFunctionError: true,
};

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html
describe('the failure record for S3, SQS and SNS', () => {
  it('tells what failed, why, and where its records are', () => {
    const { record, event } = buildFailureRecord(BATCH, CONTEXT);
    expect(record).toEqual({
      requestContext: {
        requestId: CONTEXT.requestId,
        functionArn: CONTEXT.functionArn,
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 3,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2026-11-14T00:38:06.021Z',
      KafkaBatchInfo: {
        batchSize: 3,
        eventSourceArn: ARN,
        bootstrapServers: 'b-1:9092',
        payloadSize: Buffer.byteLength(JSON.stringify(event)),
        recordsInfo: {
          't-0': {
            firstRecordOffset: '7',
            lastRecordOffset: '9',
            firstRecordTimestamp: '1970-01-01T00:00:01.000Z',
            lastRecordTimestamp: '1970-01-01T00:00:02.000Z',
          },
          't-1': {
            firstRecordOffset: '3',
            lastRecordOffset: '3',
            firstRecordTimestamp: '9007199254740991',
            lastRecordTimestamp: '9007199254740991',
          },
        },
      },
    });
    expect(Object.keys(event.records)).toEqual(['t-0', 't-1']);
  });

  it('of a record that no event can hold has no response', () => {
    const { record } = buildFailureRecord({ ...BATCH, reason: 'record too large', attempts: 0 }, CONTEXT);
    expect(record.requestContext.condition).toBe('MaximumPayloadSizeExceeded');
    expect(record.responseContext).toBeNull();
  });

  it('of a self-managed cluster has no ARN', () => {
    const source = { kind: 'self-managed', bootstrapServers: 'b-1:9092' } as const;
    expect(buildFailureRecord(BATCH, { ...CONTEXT, source }).record.KafkaBatchInfo).not.toHaveProperty(
      'eventSourceArn',
    );
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html
describe('the messages for a Kafka topic', () => {
  it('are one a record, with its key, its position and the event that holds it', () => {
    const messages = buildFailureMessages(BATCH, CONTEXT);
    expect(messages.map(({ key }) => key?.toString())).toEqual(['k', undefined, undefined]);
    expect(messages[0]?.value).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      KafkaBatchInfo: { batchSize: 1, recordInfo: { offset: '7', timestamp: '1970-01-01T00:00:01.000Z' } },
      payload: { eventSource: 'aws:kafka', eventSourceArn: ARN, records: { 't-0': [{ offset: 7, key: 'aw==' }] } },
    });
    expect(messages[0]?.value.KafkaBatchInfo).not.toHaveProperty('recordsInfo');
  });
});

describe('a destination that cannot be reached', () => {
  it('is tried again until it has the batch, visibly', async () => {
    const { log, lines } = createRecordingLog();
    const waits: number[] = [];
    let failures = 3;
    const { capture } = createCapture({
      mapping: 'Orders',
      log,
      sleep: async (ms) => {
        waits.push(ms);
      },
      open: async () => ({
        send: async () => {
          failures -= 1;
          if (failures >= 0) throw new Error('away');
        },
        close: async () => {},
      }),
    });
    await expect(capture(BATCH, new AbortController().signal, () => true)).resolves.toBe(true);
    expect(waits).toEqual([100, 200, 400]);
    expect(lines.map(({ fields }) => fields.error)).toEqual(['away', 'away', 'away']);
  });

  it.each(['the trigger stops', 'the records went to another consumer'])('is left when %s', async (reason) => {
    const stopping = new AbortController();
    let isOurs = true;
    const { capture } = createCapture({
      mapping: 'Orders',
      log: () => {},
      sleep: async () => {
        if (reason === 'the trigger stops') stopping.abort();
        else isOurs = false;
      },
      open: async () => {
        throw new Error('away');
      },
    });
    await expect(capture(BATCH, stopping.signal, () => isOurs)).resolves.toBe(false);
  });
});
