import { Kafka, type KafkaConfig, logLevel, Partitioners, type Producer } from 'kafkajs';
import { dropAbortedRecords } from './aborted-transactions.ts';
import { registerCodecs } from './codecs.ts';

/** Where kafkajs's own log lines go; Powertools' logger and `console` both fit. */
export interface KafkaLogger {
  debug(message: string, details: Record<string, unknown>): void;
  info(message: string, details: Record<string, unknown>): void;
  warn(message: string, details: Record<string, unknown>): void;
  error(message: string, details: Record<string, unknown>): void;
}

export interface KafkaOptions extends Pick<KafkaConfig, 'ssl' | 'sasl' | 'retry' | 'connectionTimeout'> {
  brokers: readonly string[];
  clientId: string;
  /** Without one kafkajs says nothing. */
  logger?: KafkaLogger;
}

/** The delay between two tries stays below this, so that recovery follows the broker's return closely. */
const MAX_RETRY_DELAY_MS = 5_000;
const FIRST_RETRY_DELAY_MS = 100;
/** 0.1 + 0.2 + … + 3.2 s, then 5 s each (± 20%): about a minute. */
const RETRIES = 17;

/**
 * A kafkajs client that reads all four compression codecs, drops aborted records, and sits out an outage of a minute
 * (the defaults give up within ten seconds). A crashed consumer restarts within 5 s.
 */
export function createKafka({ brokers, logger, ...config }: KafkaOptions): Kafka {
  registerCodecs();
  dropAbortedRecords();
  return new Kafka({
    connectionTimeout: 3_000,
    retry: { initialRetryTime: FIRST_RETRY_DELAY_MS, maxRetryTime: MAX_RETRY_DELAY_MS, retries: RETRIES },
    ...config,
    brokers: [...brokers],
    logLevel: logger ? logLevel.INFO : logLevel.NOTHING,
    logCreator: () => (entry) => {
      const { message, timestamp: _, ...details } = entry.log;
      logger?.[LOG_METHODS[entry.level]](message, { source: `kafkajs/${entry.namespace}`, ...details });
    },
  });
}

/**
 * A producer whose records are stored once and in order though sends are retried; a send rejects only after one to
 * two minutes without a broker. The caller connects and disconnects it.
 */
export function createProducer(
  kafka: Kafka,
  options: { transactionalId?: string; transactionTimeout?: number } = {},
): Producer {
  return kafka.producer({
    ...options,
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    // For an idempotent producer kafkajs retries for ever by default, and a caller would never learn.
    retry: { initialRetryTime: FIRST_RETRY_DELAY_MS, maxRetryTime: MAX_RETRY_DELAY_MS, retries: RETRIES },
  });
}

const LOG_METHODS = {
  [logLevel.NOTHING]: 'debug',
  [logLevel.DEBUG]: 'debug',
  [logLevel.INFO]: 'info',
  [logLevel.WARN]: 'warn',
  [logLevel.ERROR]: 'error',
} as const satisfies Record<logLevel, keyof KafkaLogger>;
