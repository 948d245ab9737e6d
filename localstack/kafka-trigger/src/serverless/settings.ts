import type { KafkaConfig, SASLOptions } from 'kafkajs';
import type { AwsAccess } from '../aws/client-config.ts';
import { readSecurityFromEnvironment, type Security } from '../kafka/security.ts';
import { splitBrokers } from '../split-brokers.ts';
import type { Serverless } from './framework.ts';

/** `custom.kafkaTrigger` in serverless.yml, with the environment's overrides; see the README for the defaults. */
export interface Settings {
  /** Of every mapping; without it a self-managed mapping uses its own. */
  brokers: readonly string[] | undefined;
  /** Of every mapping; without it a mapping's secrets say it. */
  security: Security | undefined;
  maxConcurrency: number | undefined;
  sessionTimeoutMs: number | undefined;
  /** URL of a Lambda Invoke API that runs the functions, instead of serverless-offline's workers in this process. */
  invokeEndpoint: string | undefined;
  /** Port of the status endpoint on 127.0.0.1; none without it. */
  statusPort: number | undefined;
  /** Where destinations and secrets are. */
  aws: AwsAccess | undefined;
  region: string;
  isVerbose: boolean;
}

interface CustomSettings {
  brokers?: unknown;
  ssl?: KafkaConfig['ssl'];
  sasl?: SASLOptions;
  maxConcurrency?: number;
  sessionTimeoutMs?: number;
  invokeEndpoint?: string;
  statusPort?: number;
  awsEndpoint?: string;
}

/** Reads the settings; the environment stands above the file, `--verbose` shows each event. */
export function readSettings(serverless: Serverless, env: NodeJS.ProcessEnv): Settings {
  const custom = (serverless.service.custom?.kafkaTrigger ?? {}) as CustomSettings;
  const { ssl, sasl, maxConcurrency, sessionTimeoutMs, invokeEndpoint } = custom;
  const region = serverless.getProvider('aws').getRegion();
  const endpoint = env.AWS_ENDPOINT_URL || custom.awsEndpoint;
  const statusPort = env.KAFKA_TRIGGER_STATUS_PORT || custom.statusPort;
  return {
    brokers: splitBrokers(env.KAFKA_BROKERS) ?? splitBrokers(custom.brokers),
    security: readSecurityFromEnvironment(env) ?? (ssl === undefined && sasl === undefined ? undefined : { ssl, sasl }),
    maxConcurrency,
    sessionTimeoutMs,
    invokeEndpoint,
    statusPort: statusPort === undefined ? undefined : Number(statusPort),
    aws: endpoint ? { endpoint, region } : undefined,
    region,
    isVerbose: serverless.processedInput?.options?.verbose === true,
  };
}
