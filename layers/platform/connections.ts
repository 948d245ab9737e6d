import type { Config } from './config.ts';
import { type KafkaLog, openKafkaLog } from './kafka/log.ts';
import { resolveBrokers } from './kafka/msk.ts';
import { type OpenTransactionalWriter, openTransactionalWriter } from './kafka/transactional-writer.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';

/** The bucket of the lake. */
export function openLake({ LAKE_BUCKET, AWS_REGION, S3_ENDPOINT }: Config): ObjectStore {
  return createObjectStore({ bucket: LAKE_BUCKET, region: AWS_REGION, endpoint: S3_ENDPOINT });
}

/** Kafka as the batch and serving functions read it. */
export type OpenKafka = () => Promise<KafkaLog>;

/**
 * Makes the function that opens Kafka, once: at the first call, and again after a failure. An MSK cluster is asked for
 * its brokers first, which must neither happen nor fail while the module loads.
 */
export function createKafkaOpener(config: Config, clientId: string, timeoutMs = 60_000): OpenKafka {
  let opening: Promise<KafkaLog> | undefined;
  const open = async () => openKafkaLog({ ...(await resolveBrokers(config)), clientId, timeoutMs });
  return async () => {
    opening ??= open();
    try {
      return await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
  };
}

/** Makes the function that opens a writer of transactions; an MSK cluster is asked for its brokers each time. */
export function createWriterOpener(config: Config, clientId: string, timeoutMs = 60_000): OpenTransactionalWriter {
  return async (id, topic) =>
    openTransactionalWriter({ ...(await resolveBrokers(config)), clientId, timeoutMs }, id, topic);
}
