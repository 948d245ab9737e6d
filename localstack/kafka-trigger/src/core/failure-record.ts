import { buildEvent, type EventSource, type LambdaKafkaEvent, type PartitionSlice } from './event.ts';

/** Records that are given up, and why. */
export interface DiscardedBatch {
  slices: readonly PartitionSlice[];
  reason: DiscardReason;
  /** Invocations that had them. */
  attempts: number;
  /** The last of these failed as a whole, as opposed to naming failed items. */
  hasFunctionError: boolean;
}

export type DiscardReason = 'retries exhausted' | 'record age exceeded' | 'record too large';

/** What a failure record tells beside the batch itself. */
export interface FailureContext {
  functionArn: string;
  source: EventSource;
  requestId: string;
  nowMs: number;
}

/** Metadata of a failed batch, as SQS and SNS get it. */
export interface FailureRecord {
  requestContext: { requestId: string; functionArn: string; condition: string; approximateInvokeCount: number };
  /** Null where the function was not invoked. */
  responseContext: { statusCode: number; executedVersion: string; functionError?: string } | null;
  version: '1.0';
  timestamp: string;
  KafkaBatchInfo: {
    batchSize: number;
    eventSourceArn?: string;
    bootstrapServers: string;
    /** Bytes of the serialised event. */
    payloadSize: number;
    /** By `topic-partition`. */
    recordsInfo?: Record<string, OffsetRange>;
    /** Of a Kafka destination, which gets one message a record. */
    recordInfo?: { offset: string; timestamp: string };
  };
}

export interface OffsetRange {
  firstRecordOffset: string;
  lastRecordOffset: string;
  firstRecordTimestamp: string;
  lastRecordTimestamp: string;
}

/**
 * The record that SQS and SNS get, and the event that goes with it: S3 gets the event as an escaped JSON string.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure.html (2026-11).
 */
export function buildFailureRecord(
  batch: DiscardedBatch,
  context: FailureContext,
): { record: FailureRecord; event: LambdaKafkaEvent } {
  const { event, batchInfo } = describeBatch(batch.slices, context);
  const ranges = batch.slices.map(({ topic, partition, records }) => {
    const [first, last] = [records[0], records.at(-1)];
    const range: OffsetRange = {
      firstRecordOffset: String(first?.offset),
      lastRecordOffset: String(last?.offset),
      firstRecordTimestamp: toIso(first?.timestamp),
      lastRecordTimestamp: toIso(last?.timestamp),
    };
    return [`${topic}-${partition}`, range] as const;
  });
  const KafkaBatchInfo = { ...batchInfo, recordsInfo: Object.fromEntries(ranges) };
  return { record: { ...describeFailure(batch, context, CONDITIONS[batch.reason]), KafkaBatchInfo }, event };
}

/**
 * The messages that a Kafka destination gets: one a record, with the key of the original.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-on-failure-destination.html (2026-11), which spells the
 * condition of exhausted retries in another way than the page on other destinations.
 */
export function buildFailureMessages(
  batch: DiscardedBatch,
  context: FailureContext,
): { key: Buffer | null; value: FailureRecord & { payload: LambdaKafkaEvent } }[] {
  const condition = batch.reason === 'retries exhausted' ? 'RetriesExhausted' : CONDITIONS[batch.reason];
  return batch.slices.flatMap((slice) =>
    slice.records.map((record) => {
      const { event, batchInfo } = describeBatch([{ ...slice, records: [record] }], context);
      const recordInfo = { offset: String(record.offset), timestamp: toIso(record.timestamp) };
      const failure = describeFailure(batch, context, condition);
      return { key: record.key, value: { ...failure, KafkaBatchInfo: { ...batchInfo, recordInfo }, payload: event } };
    }),
  );
}

/** The documented two; that of the age is the one of stream mappings, since the Kafka pages name none. */
const CONDITIONS: Record<DiscardReason, string> = {
  'retries exhausted': 'RetryAttemptsExhausted',
  'record age exceeded': 'RecordAgeExceeded',
  'record too large': 'MaximumPayloadSizeExceeded',
};

function describeFailure(
  { attempts, hasFunctionError }: DiscardedBatch,
  { functionArn, requestId, nowMs }: FailureContext,
  condition: string,
): Omit<FailureRecord, 'KafkaBatchInfo'> {
  const response = { statusCode: 200, executedVersion: '$LATEST' };
  const invoked = hasFunctionError ? { ...response, functionError: 'Unhandled' } : response;
  return {
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: attempts },
    responseContext: attempts === 0 ? null : invoked,
    version: '1.0',
    timestamp: toIso(nowMs),
  };
}

function describeBatch(slices: readonly PartitionSlice[], { source }: FailureContext) {
  const event = buildEvent(source, slices);
  const batchInfo = {
    batchSize: slices.reduce((sum, { records }) => sum + records.length, 0),
    ...(source.kind === 'msk' ? { eventSourceArn: source.eventSourceArn } : undefined),
    bootstrapServers: source.bootstrapServers,
    payloadSize: Buffer.byteLength(JSON.stringify(event)),
  };
  return { event, batchInfo };
}

/** Kafka stores any 64-bit number as a timestamp; those that are no date stay numbers. */
function toIso(timestampMs = 0): string {
  const date = new Date(timestampMs);
  return Number.isNaN(date.getTime()) ? String(timestampMs) : date.toISOString();
}
