import { rm } from 'node:fs/promises';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import { findFreePorts } from '../../../../test/support/find-free-ports.ts';
import { type Ministack, startMinistack } from '../../../../test/support/ministack.ts';
import { waitForLeaders } from '../../../kafka/topics.ts';
import { type AwsClientConfig, createClientConfig } from '../../src/aws/client-config.ts';
import { parseFailureDestination } from '../../src/core/failure-destination.ts';
import { RETRY_UNTIL_SUCCESS } from '../../src/core/failure-policy.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import type { SourceAccess, SourceAccessType } from '../../src/core/source-access.ts';
import { createClient } from '../../src/kafka/client.ts';
import { readSecurityFromEnvironment } from '../../src/kafka/security.ts';
import { startTrigger, type Trigger, type TriggerOptions } from '../../src/trigger.ts';
import { type Certificates, createCertificates } from '../support/certificates.ts';
import { createInvoker, createMapping, createRecordingLog, eventually } from '../support/fakes.ts';
import { type KafkaCluster, startKafkaCluster } from '../support/kafka-cluster.ts';

jest.setTimeout(90_000);

const USER = { username: 'alice', password: 'secret of alice' };
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

let certificates: Certificates;
let cluster: KafkaCluster;
let ministack: Ministack;
let secrets: SecretsManagerClient;
let aws: AwsClientConfig;
let brokers: Record<'SASL_SSL' | 'SASL_PLAINTEXT' | 'SSL', string>;
let triggers: Trigger[] = [];

beforeAll(async () => {
  certificates = await createCertificates();
  const [saslSsl, saslPlain, ssl] = (await findFreePorts(3)) as [number, number, number];
  const jaas = (listener: string) => ({
    [`listener.name.${listener}.plain.sasl.jaas.config`]: `${PLAIN} user_${USER.username}="${USER.password}";`,
    [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`]: SCRAM,
    [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`]: SCRAM,
  });
  [cluster, ministack] = await Promise.all([
    startKafkaCluster({
      nodes: 1,
      listeners: { SASL_SSL: saslSsl, SASL_PLAINTEXT: saslPlain, SSL: ssl },
      scram: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map(
        (kind) => `${kind}=[name=${USER.username},password=${USER.password}]`,
      ),
      properties: {
        'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        ...jaas('sasl_ssl'),
        ...jaas('sasl_plaintext'),
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': certificates.brokerPath,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': certificates.caPath,
        'listener.name.ssl.ssl.client.auth': 'required',
      },
    }),
    startMinistack(),
  ]);
  brokers = {
    SASL_SSL: `127.0.0.1:${saslSsl}`,
    SASL_PLAINTEXT: `127.0.0.1:${saslPlain}`,
    SSL: `127.0.0.1:${ssl}`,
  };
  aws = createClientConfig({ endpoint: ministack.endpoint, region: 'us-east-1' }, {});
  secrets = new SecretsManagerClient(aws);
});
afterEach(async () => {
  await Promise.all(triggers.map((trigger) => trigger.stop()));
  triggers = [];
});
afterAll(async () => {
  await cluster.stop();
  await ministack.stop();
  await rm(certificates.dir, { recursive: true, force: true });
});

async function createSecret(name: string, value: unknown): Promise<string> {
  const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value) }));
  return ARN;
}

/** A topic with one record, and a mapping that reads it with these means of access. */
async function run(
  topic: string,
  listener: keyof typeof brokers,
  mapping: Partial<Mapping>,
  more: Partial<TriggerOptions>,
) {
  const kafka = createClient({ brokers: cluster.brokers }, () => {});
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic }], waitForLeaders: false });
  await waitForLeaders(admin, [topic]);
  await admin.disconnect();
  const producer = createProducer(kafka);
  await producer.connect();
  await producer.send({ topic, messages: [{ value: topic }] });
  await producer.disconnect();
  const { invoker, events } = createInvoker();
  const { log, lines } = createRecordingLog();
  const mappings = [createMapping({ topics: [topic], consumerGroupId: `group-${topic}`, ...mapping })];
  triggers.push(startTrigger({ mappings, invoker, log, brokers: [brokers[listener]], aws, ...more }));
  return { kafka, lines, arrived: () => eventually(() => expect(events).toHaveLength(1)) };
}

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-cluster-auth.html
describe('a mapping is authenticated by the secrets of its source access configurations', () => {
  it.each<[SourceAccessType]>([['BASIC_AUTH'], ['SASL_SCRAM_256_AUTH'], ['SASL_SCRAM_512_AUTH']])(
    '%s, over TLS',
    async (type) => {
      const access: SourceAccess[] = [
        { type, secretArn: await createSecret(`user-${type}`, USER) },
        {
          type: 'SERVER_ROOT_CA_CERTIFICATE',
          secretArn: await createSecret(`ca-${type}`, { certificate: certificates.ca }),
        },
      ];
      const { arrived } = await run(`by-${type}`, 'SASL_SSL', { access }, {});
      await arrived();
    },
  );

  it('CLIENT_CERTIFICATE_TLS_AUTH, with an encrypted key', async () => {
    const client = {
      certificate: certificates.clientCertificate,
      privateKey: certificates.clientKey,
      privateKeyPassword: certificates.password,
    };
    const access: SourceAccess[] = [
      { type: 'CLIENT_CERTIFICATE_TLS_AUTH', secretArn: await createSecret('client', client) },
      { type: 'SERVER_ROOT_CA_CERTIFICATE', secretArn: await createSecret('ca', { certificate: certificates.ca }) },
    ];
    const { arrived } = await run('by-certificate', 'SSL', { access }, {});
    await arrived();
  });

  it('which are read again until they are right', async () => {
    const secretArn = await createSecret('wrong', { ...USER, password: 'wrong' });
    const caArn = await createSecret('ca-for-wrong', { certificate: certificates.ca });
    const access: SourceAccess[] = [
      { type: 'SASL_SCRAM_512_AUTH', secretArn },
      { type: 'SERVER_ROOT_CA_CERTIFICATE', secretArn: caArn },
    ];
    const { lines, arrived } = await run('by-rotation', 'SASL_SSL', { access }, {});
    await eventually(() => expect(lines.some(({ message }) => message === 'not polling')).toBe(true));
    await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString: JSON.stringify(USER) }));
    await arrived();
    expect(JSON.stringify(lines)).not.toContain(USER.password);
  });
});

describe('a mapping is authenticated by the environment', () => {
  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])('with %s, which stands above its secrets', async (mechanism) => {
    const security = readSecurityFromEnvironment({
      KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
      KAFKA_SASL_MECHANISM: mechanism,
      KAFKA_SASL_USERNAME: USER.username,
      KAFKA_SASL_PASSWORD: USER.password,
    });
    const access: SourceAccess[] = [{ type: 'BASIC_AUTH', secretArn: 'arn:aws:secretsmanager:none' }];
    const { arrived } = await run(`by-variables-${mechanism}`, 'SASL_PLAINTEXT', { access }, { security });
    await arrived();
  });

  it('and its Kafka destination with it', async () => {
    const security = readSecurityFromEnvironment({
      KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: USER.username,
      KAFKA_SASL_PASSWORD: USER.password,
      KAFKA_SSL_CA_FILE: certificates.caPath,
    });
    const { invoker } = createInvoker(() => {
      throw new Error('never');
    });
    const mapping = {
      failurePolicy: { ...RETRY_UNTIL_SUCCESS, maxRetries: 0 },
      failureDestination: parseFailureDestination('kafka://failed'),
    };
    const { kafka } = await run('failed-source', 'SASL_SSL', mapping, { security, invoker });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'failed' }], waitForLeaders: false });
    await waitForLeaders(admin, ['failed']);
    await eventually(async () => expect((await admin.fetchTopicOffsets('failed'))[0]?.high).toBe('1'));
    await admin.disconnect();
  });
});
