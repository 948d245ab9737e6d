import { dropAbortedRecords } from '@tidemark/platform/kafka/aborted-transactions';
import { registerCodecs } from '@tidemark/platform/kafka/codecs';
import { Kafka, logLevel } from 'kafkajs';
import type { Log, LogLevel } from '../log.ts';
import type { Security } from './security.ts';

export interface ConnectionOptions extends Security {
  brokers: readonly string[];
}

/** A kafkajs client that reads every compression codec, drops aborted records, and logs through `log`. */
export function createClient({ brokers, ssl, sasl }: ConnectionOptions, log: Log): Kafka {
  registerCodecs();
  dropAbortedRecords();
  return new Kafka({
    clientId: 'serverless-kafka-trigger',
    brokers: [...brokers],
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
    connectionTimeout: 3_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, timestamp: _, stack: __, ...details } = entry.log;
      log(RETRIED.has(entry.namespace) ? 'debug' : LEVELS[entry.level], `kafkajs: ${message}`, details);
    },
  });
}

/** These say every failed connection and every error answer; kafkajs tries again, and the session tells when it gives up. */
const RETRIED = new Set(['Connection', 'BrokerPool']);

/** An error of the client is a warning of the trigger, which goes on trying. */
const LEVELS: Record<logLevel, LogLevel> = {
  [logLevel.NOTHING]: 'debug',
  [logLevel.DEBUG]: 'debug',
  [logLevel.INFO]: 'debug',
  [logLevel.WARN]: 'warn',
  [logLevel.ERROR]: 'warn',
};
