import { setTimeout as sleep } from 'node:timers/promises';
import { createKafka } from '@tidemark/platform/kafka/client';

/** Whether the broker answers a request for the cluster's description. */
export async function isKafkaReady(brokers: string): Promise<boolean> {
  const kafka = createKafka({
    brokers: brokers.split(','),
    clientId: 'tidemark-readiness',
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false; // not ready is an answer here, whatever the reason
  } finally {
    await admin.disconnect();
  }
}

/** Polls until the broker answers. Errors: the signal's reason, once it is aborted. */
export async function awaitReady(brokers: string, signal: AbortSignal): Promise<void> {
  while (!(await isKafkaReady(brokers))) {
    signal.throwIfAborted();
    await sleep(50);
  }
}
