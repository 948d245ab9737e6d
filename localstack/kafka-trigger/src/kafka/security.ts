import { readFileSync } from 'node:fs';
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { recordOf } from '../core/properties.ts';
import type { SourceAccess, SourceAccessType } from '../core/source-access.ts';
import { UsageError } from '../usage-error.ts';

/** How to talk to the brokers, as kafkajs takes it. */
export interface Security {
  ssl?: KafkaConfig['ssl'] | undefined;
  sasl?: SASLOptions | undefined;
}

/**
 * Security that the environment gives, in the words of Kafka's own configuration: `KAFKA_SECURITY_PROTOCOL` and, as it
 * needs them, `KAFKA_SASL_MECHANISM`, `KAFKA_SASL_USERNAME`, `KAFKA_SASL_PASSWORD`, `KAFKA_SSL_CA_FILE`,
 * `KAFKA_SSL_CERTIFICATE_FILE`, `KAFKA_SSL_KEY_FILE`. Undefined without the first.
 * Errors: says which variable is wrong. Source: https://kafka.apache.org/43/configuration/consumer-configs/
 */
export function readSecurityFromEnvironment(env: NodeJS.ProcessEnv): Security | undefined {
  const protocol = env.KAFKA_SECURITY_PROTOCOL;
  if (!protocol) return undefined;
  if (!['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'].includes(protocol))
    throw new UsageError(`KAFKA_SECURITY_PROTOCOL is ${protocol}, not PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL`);
  return {
    ...(protocol.endsWith('SSL') ? { ssl: readTlsFiles(env) } : {}),
    ...(protocol.startsWith('SASL') ? { sasl: readSaslVariables(env) } : {}),
  };
}

/**
 * Security of a mapping's secrets, which are JSON: `username` and `password`, or `certificate`, `privateKey` and perhaps
 * `privateKeyPassword`. Authentication is over TLS always, as on AWS. Without secrets, the connection is plain.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-cluster-auth.html (2026-11).
 */
export async function readSecurityFromSecrets(
  access: readonly SourceAccess[],
  readSecret: (secretArn: string) => Promise<string>,
): Promise<Security> {
  const parts = access.map(async ({ type, secretArn }) =>
    toSecurity(type, parse(await readSecret(secretArn), secretArn)),
  );
  const found = await Promise.all(parts);
  if (found.length === 0) return {};
  const sasl = found.find((part) => part.sasl)?.sasl;
  return { ssl: Object.assign({}, ...found.map(({ tls }) => tls)), ...(sasl ? { sasl } : {}) };
}

type Tls = { ca?: string; cert?: string; key?: string; passphrase?: string };

function toSecurity(type: SourceAccessType, secret: Record<string, string>): { tls?: Tls; sasl?: SASLOptions } {
  const { username = '', password = '', certificate = '', privateKey = '', privateKeyPassword } = secret;
  switch (type) {
    case 'BASIC_AUTH':
      return { sasl: { mechanism: 'plain', username, password } };
    case 'SASL_SCRAM_256_AUTH':
      return { sasl: { mechanism: 'scram-sha-256', username, password } };
    case 'SASL_SCRAM_512_AUTH':
      return { sasl: { mechanism: 'scram-sha-512', username, password } };
    case 'SERVER_ROOT_CA_CERTIFICATE':
      return { tls: { ca: certificate } };
    case 'CLIENT_CERTIFICATE_TLS_AUTH': {
      const passphrase = privateKeyPassword === undefined ? {} : { passphrase: privateKeyPassword };
      return { tls: { cert: certificate, key: privateKey, ...passphrase } };
    }
  }
}

function parse(secret: string, secretArn: string): Record<string, string> {
  try {
    const fields = Object.entries(recordOf(JSON.parse(secret)));
    return Object.fromEntries(fields.map(([name, value]) => [name, String(value)]));
  } catch (cause) {
    throw new Error(`secret ${secretArn} is not a JSON object`, { cause });
  }
}

function readTlsFiles(env: NodeJS.ProcessEnv): Tls | true {
  const read = (name: string, path: string | undefined) => (path ? { [name]: readFileSync(path, 'utf8') } : {});
  const tls: Tls = {
    ...read('ca', env.KAFKA_SSL_CA_FILE),
    ...read('cert', env.KAFKA_SSL_CERTIFICATE_FILE),
    ...read('key', env.KAFKA_SSL_KEY_FILE),
  };
  return Object.keys(tls).length > 0 ? tls : true;
}

function readSaslVariables(env: NodeJS.ProcessEnv): SASLOptions {
  const mechanism = (env.KAFKA_SASL_MECHANISM ?? 'PLAIN').toLowerCase();
  if (mechanism !== 'plain' && mechanism !== 'scram-sha-256' && mechanism !== 'scram-sha-512')
    throw new UsageError(`KAFKA_SASL_MECHANISM is ${mechanism}, not PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512`);
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  if (!username || password === undefined)
    throw new UsageError('KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD are needed with SASL');
  return { mechanism, username, password };
}
