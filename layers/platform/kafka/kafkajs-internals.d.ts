/**
 * The parts of kafkajs 2.2.4 behind its public interface that this folder relies on. kafkajs is pinned and unmaintained,
 * so they stay as they are; the tests against a real broker would notice.
 */

declare module 'kafkajs/src/protocol/message/compression/index.js' {
  interface Codec {
    compress(encoder: { buffer: Buffer }): Promise<Buffer>;
    decompress(data: Buffer): Promise<Buffer>;
  }
  const compression: { Codecs: Record<number, () => Codec> };
  export = compression;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  /** kafkajs calls `decode` through this object for every answer to a Fetch request of version 11, its newest. */
  const response: {
    decode(payload: { readAll(): Buffer } | Buffer): Promise<unknown>;
    parse(data: unknown): Promise<unknown>;
  };
  export = response;
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  /** A request of the version that client and broker both know best. */
  interface ProtocolRequest {
    request: { apiVersion: number };
    response: { decode(payload: Buffer): Promise<unknown>; parse(data: unknown): Promise<unknown> };
  }
  interface FetchOptions {
    isolationLevel: 0 | 1;
    maxWaitTime: number;
    minBytes: number;
    maxBytes: number;
    topics: { topic: string; partitions: { partition: number; fetchOffset: number; maxBytes: number }[] }[];
  }
  export const requests: { Fetch: { name: 'fetch definitions' } };
  export type { FetchOptions, ProtocolRequest };
}

declare module 'kafkajs/src/protocol/error.js' {
  export function createErrorFromCode(code: number): Error & { type: string; retriable: boolean };
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';

  function createSocketFactory(): ISocketFactory;
  export = createSocketFactory;
}

declare module 'kafkajs/src/cluster/index.js' {
  import type { ISocketFactory, KafkaConfig, Logger } from 'kafkajs';
  import type { FetchOptions, ProtocolRequest, requests } from 'kafkajs/src/protocol/requests/index.js';

  interface PartitionList {
    topic: string;
    partitions: { partition: number }[];
  }

  interface Broker {
    connectionPool: { send<Response>(request: ProtocolRequest): Promise<Response> };
    lookupRequest(apiKey: 1, definitions: typeof requests.Fetch): (options: FetchOptions) => ProtocolRequest;
    /** `timestamp` -1 asks for the end, -2 for the log's start. */
    listOffsets(request: {
      isolationLevel: 0 | 1;
      topics: { topic: string; partitions: { partition: number; timestamp: -1 | -2 }[] }[];
    }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
    describeConfigs(request: { resources: { type: 2; name: string; configNames: string[] }[] }): Promise<{
      resources: { configEntries: { configName: string; configValue: string | null }[] }[];
    }>;
    /** An offset of -1 means that the group has committed none. */
    offsetFetch(request: { groupId: string; topics: PartitionList[] }): Promise<{
      responses: { topic: string; partitions: { partition: number; offset: string; metadata: string | null }[] }[];
    }>;
  }

  class Cluster {
    constructor(
      options: Omit<KafkaConfig, 'logLevel' | 'logCreator'> & {
        logger: Logger;
        socketFactory: ISocketFactory;
        metadataMaxAge: number;
        allowAutoTopicCreation: boolean;
      },
    );
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addTargetTopic(topic: string): Promise<void>;
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    findBroker(options: { nodeId: string }): Promise<Broker>;
    findGroupCoordinator(options: { groupId: string }): Promise<Broker>;
    targetTopics: Set<string>;
    findTopicPartitionMetadata(topic: string): { partitionId: number; leader: number }[];
  }

  namespace Cluster {
    export type { Broker };
  }
  export = Cluster;
}

declare module 'kafkajs/src/errors.js' {
  /** Of its errors those that a test makes; the types of the public interface have their constructors wrong. */
  export const KafkaJSConnectionError: new (message: string) => Error;
  export const KafkaJSGroupCoordinatorNotFound: new (message: string) => Error;
  export const KafkaJSNonRetriableError: new (error: Error, options: { cause: Error }) => Error;
  export const KafkaJSNumberOfRetriesExceeded: new (
    error: Error,
    options: { retryCount: number; retryTime: number },
  ) => Error;
  export const KafkaJSSASLAuthenticationError: new (message: string) => Error;
}
