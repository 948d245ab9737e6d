import { setTimeout as sleep } from 'node:timers/promises';
import Cluster from 'kafkajs/src/cluster/index.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import { createKafka, type KafkaOptions } from './client.ts';
import { hasErrorType, isWorthRetrying } from './kafkajs-errors.ts';
import { KafkaUnavailable, UnknownTopic } from './log-errors.ts';

/** kafkajs's view of the brokers and who leads which partition, without producer or consumer on top. */
export type { Cluster };

/** How long a call goes on trying. */
export interface Patience {
  signal?: AbortSignal | undefined;
  timeoutMs: number;
}

const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;

/** A cluster that is not connected yet: {@link callKafka} connects it at its first call. */
export function createCluster(options: KafkaOptions): Cluster {
  const { brokers, clientId, ssl, sasl, connectionTimeout = 3_000 } = options;
  return new Cluster({
    logger: createKafka(options).logger(),
    socketFactory: createSocketFactory(),
    brokers: [...brokers],
    clientId,
    connectionTimeout,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    retry: { retries: 0 }, // callKafka is the one that retries
    ...(ssl !== undefined && { ssl }),
    ...(sasl !== undefined && { sasl }),
  });
}

/**
 * Calls Kafka about one topic until it answers: a broker that is away, a leader that has moved or an answer that is not
 * there yet are tried again on fresh metadata, with growing delays of at most 2 s.
 *
 * Errors: `UnknownTopic`; `KafkaUnavailable` when the time is up; the signal's reason when it is aborted; at once
 * whatever trying again cannot mend, such as credentials that are refused.
 */
export async function callKafka<Answer>(
  cluster: Cluster,
  topic: string,
  { signal, timeoutMs }: Patience,
  call: () => Promise<Answer>,
): Promise<Answer> {
  const deadline = Date.now() + timeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      await cluster.connect();
      await cluster.addTargetTopic(topic);
      await (attempt === 0 ? cluster.refreshMetadataIfNecessary() : cluster.refreshMetadata());
      return await call();
    } catch (error) {
      // One unknown topic among the targets fails the metadata of all: the next try asks for ours alone.
      const isTopicUnknown = hasErrorType(error, 'UNKNOWN_TOPIC_OR_PARTITION');
      if (isTopicUnknown) cluster.targetTopics.clear();
      if (isTopicUnknown && attempt > 0) throw new UnknownTopic(topic, error);
      if (!isTopicUnknown && !isWorthRetrying(error)) throw error;
      if (Date.now() > deadline) throw new KafkaUnavailable(`Kafka has not answered for ${timeoutMs / 1000} s`, error);
    }
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** attempt, MAX_DELAY_MS);
    await sleep(delayMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}
