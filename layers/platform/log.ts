import { Logger } from '@aws-lambda-powertools/logger';

export type Log = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

/** Structured log lines on standard output. Never pass a payload, a key or a secret. */
export function createLog(serviceName: string): Log {
  return new Logger({ serviceName });
}
