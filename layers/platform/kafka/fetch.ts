import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { requests } from 'kafkajs/src/protocol/requests/index.js';
import { TidemarkError } from '../errors.ts';
import type { Cluster } from './cluster.ts';
import { decodeFetchResponse, type FetchedPartition, type FetchResponse } from './fetch-response.ts';
import { OffsetOutOfRange } from './log-errors.ts';
import { listPartitionOffsets } from './offsets.ts';

export interface FetchRequest {
  topic: string;
  partition: number;
  offset: number;
  maxBytes: number;
}

const FETCH_API_KEY = 1;
const FETCH_VERSION = 11;
const OFFSET_OUT_OF_RANGE = 1;
/** The broker answers at once when it has a byte, else after this. */
const MAX_WAIT_MS = 500;

/**
 * Fetches from one partition's leader, read-committed: at least one batch, the first of which may begin below `offset`.
 *
 * Errors: `OffsetOutOfRange`; kafkajs's errors with their `retriable`; a retryable error when there is nothing to read
 * yet, because readers ask only for what the log has said it holds.
 */
export async function fetchPartition(cluster: Cluster, request: FetchRequest): Promise<FetchedPartition> {
  const { topic, partition, offset, maxBytes } = request;
  const leader = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition)?.leader;
  if (leader === undefined) throw new TidemarkError(`${topic} has no partition ${partition}`, { retryable: false });
  const broker = await cluster.findBroker({ nodeId: String(leader) });
  const protocolRequest = broker.lookupRequest(
    FETCH_API_KEY,
    requests.Fetch,
  )({
    isolationLevel: 1,
    maxWaitTime: MAX_WAIT_MS,
    minBytes: 1,
    maxBytes,
    topics: [{ topic, partitions: [{ partition, fetchOffset: offset, maxBytes }] }],
  });
  if (protocolRequest.request.apiVersion !== FETCH_VERSION) {
    throw new TidemarkError('Kafka 2.3 or newer is needed', { retryable: false });
  }
  const response = {
    decode: async (payload: Buffer) => decodeFetchResponse(payload),
    parse: async (data: unknown) => data,
  };
  const { partitions } = await broker.connectionPool.send<FetchResponse>({ ...protocolRequest, response });
  const fetched = partitions[0];
  if (!fetched) throw new TidemarkError(`the broker left ${topic}-${partition} out of its answer`, { retryable: true });
  if (fetched.errorCode === OFFSET_OUT_OF_RANGE) throw await explainOutOfRange(cluster, request);
  if (fetched.errorCode !== 0) throw createErrorFromCode(fetched.errorCode);
  if (fetched.batches.length === 0) {
    const end = `${topic}-${partition} is stable up to ${fetched.lastStableOffset} only`;
    throw new TidemarkError(`${end}, and ${offset} was asked for`, { retryable: true });
  }
  return fetched;
}

async function explainOutOfRange(cluster: Cluster, { topic, partition, offset }: FetchRequest) {
  const offsets = await listPartitionOffsets(cluster, topic);
  const { logStart, highWatermark } = offsets.find((each) => each.partition === partition) ?? {
    logStart: -1,
    highWatermark: -1,
  };
  return new OffsetOutOfRange({ topic, partition, offset, logStart, highWatermark });
}
