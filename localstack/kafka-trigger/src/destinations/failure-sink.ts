import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { AwsClientConfig } from '../aws/client-config.ts';
import type { EventSource } from '../core/event.ts';
import type { FailureDestination } from '../core/failure-destination.ts';
import type { DiscardedBatch, FailureContext } from '../core/failure-record.ts';

/** Takes what a mapping gives up. */
export interface FailureSink {
  /** Resolves once the destination has the batch; a repeat after a lost answer may store it twice. */
  send(batch: DiscardedBatch): Promise<void>;
  close(): Promise<void>;
}

export interface SinkDeps {
  /** Id of the mapping, for names of objects. */
  mapping: string;
  functionArn: string;
  source: EventSource;
  /** Needed by all but a Kafka destination. */
  aws: AwsClientConfig | undefined;
  /** A client of the cluster that the mapping reads: a Kafka destination is a topic of the same. */
  connect(): Promise<Kafka>;
}

/** Opens a mapping's destination; its client is loaded with the first need, most mappings have none. */
export async function openFailureSink(destination: FailureDestination, deps: SinkDeps): Promise<FailureSink> {
  const describe = () => createContext(deps);
  if (destination.kind === 'kafka') {
    const { openKafkaSink } = await import('./kafka.ts');
    return openKafkaSink(destination.topic, await deps.connect(), describe);
  }
  if (!deps.aws) throw new Error(`no AWS endpoint is known for the ${destination.kind} destination`);
  switch (destination.kind) {
    case 's3':
      return (await import('./s3.ts')).openS3Sink(destination.bucket, deps.mapping, deps.aws, describe);
    case 'sqs':
      return (await import('./sqs.ts')).openSqsSink(destination, deps.aws, describe);
    case 'sns':
      return (await import('./sns.ts')).openSnsSink(destination.topicArn, deps.aws, describe);
  }
}

function createContext({ functionArn, source }: SinkDeps): FailureContext {
  return { functionArn, source, requestId: randomUUID(), nowMs: Date.now() };
}
