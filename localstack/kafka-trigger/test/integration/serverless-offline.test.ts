import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import { findFreePorts } from '../../../../test/support/find-free-ports.ts';
import { startTestKafka, type TestKafka } from '../../../../test/support/kafka.ts';
import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import { readMappings } from '../../src/core/mapping.ts';
import type { CompiledTemplate } from '../../src/core/template.ts';
import { createClient } from '../../src/kafka/client.ts';
import type { TriggerStatus } from '../../src/status/status-server.ts';
import { eventually, offsetsOf } from '../support/fakes.ts';
import { PACKAGE, type Running, readLines, runToEnd, SLS, startNode } from '../support/run-command.ts';

jest.setTimeout(90_000);

const TOPICS = [
  'steady',
  'throwing',
  'crashing',
  'exiting',
  'hanging',
  'poisoned',
  'disabled',
  'self-managed',
  'greetings',
  'failures',
];

let broker: TestKafka;
let stateDir: string;

beforeAll(async () => {
  await runToEnd('node', ['build.mjs'], { cwd: PACKAGE });
  broker = await startTestKafka();
  stateDir = await mkdtemp(join(tmpdir(), 'kafka-trigger-'));
  const producer = createProducer(createClient({ brokers: [broker.brokers] }, () => {}));
  await producer.connect();
  for (const topic of TOPICS) {
    await broker.createTopic(topic);
    await producer.send({ topic, messages: ['a', 'b', 'c'].map((value) => ({ value })) });
  }
  await producer.disconnect();
});
afterAll(async () => {
  await broker.stop();
  await rm(stateDir, { recursive: true, force: true });
});

const SERVICE = join(__dirname, 'service');

async function startOffline(
  cwd: string,
  more: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Running & { statusPort: number }> {
  const { args = ['start'], env = { KAFKA_BROKERS: broker.brokers, KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT' } } = more;
  const [httpPort, lambdaPort, statusPort] = (await findFreePorts(3)) as [number, number, number];
  const ports = ['--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)];
  const running = startNode([SLS, 'offline', ...args, ...ports], {
    cwd,
    env: {
      KAFKA_BROKERS: '',
      KAFKA_TRIGGER_STATUS_PORT: String(statusPort),
      STATE_DIR: stateDir,
      NODE_ENV: 'development',
      ...env,
    },
  });
  return { ...running, statusPort };
}

async function eventsOf(functionKey: string, service = 'misbehaving'): Promise<LambdaKafkaEvent[]> {
  const lines = await readFile(join(stateDir, `${service}-dev-${functionKey}`), 'utf8').catch(() => '');
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LambdaKafkaEvent);
}

function expectSelfManaged(events: readonly LambdaKafkaEvent[]): void {
  expect(events.map(offsetsOf)).toEqual([{ 'self-managed-0': [0, 1, 2] }]);
  expect(events[0]).toMatchObject({ eventSource: 'SelfManagedKafka', bootstrapServers: broker.brokers });
  expect(events[0]).not.toHaveProperty('eventSourceArn');
}

describe('under serverless offline', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
  it('a function that throws, crashes its worker, exits or hangs gets its batch again; others are not disturbed', async () => {
    const offline = await startOffline(SERVICE);
    try {
      for (const functionKey of ['throwing', 'crashing', 'exiting', 'hanging']) {
        await eventually(async () =>
          expect((await eventsOf(functionKey)).map(offsetsOf)).toEqual([{ [`${functionKey}-0`]: [0, 1, 2] }]),
        );
      }
      // Batch size and window come from resources.extensions, the ARN from the event.
      const steady = await eventsOf('steady');
      expect(steady.map(offsetsOf)).toEqual([{ 'steady-0': [0, 1] }, { 'steady-0': [2] }]);
      expect(steady[0]).toMatchObject({
        eventSource: 'aws:kafka',
        eventSourceArn: expect.stringContaining('cluster/demo'),
        bootstrapServers: broker.brokers,
      });
      expect(await eventsOf('disabled')).toEqual([]);
      await eventually(async () => expectSelfManaged(await eventsOf('selfManaged')));
      expect(offline.output()).toContain('the framework drops a window of 0');
      for (const reason of ['thrown on purpose', 'uncaught on purpose', 'exited with code 3', 'timeout']) {
        expect(offline.output()).toContain(reason);
      }
      // The queue cannot be reached without an endpoint, so nothing is given up; the topic can, and has its records.
      expect(offline.output()).toContain('without AWS_ENDPOINT_URL');
      const discarded = { function: 'poisoned', records: 3, reason: 'retries exhausted', destination: 'kafka' };
      await eventually(() => expect(readLines(offline.output(), 'records discarded')).toMatchObject([discarded]));
      const status = (await (await fetch(`http://127.0.0.1:${offline.statusPort}/`)).json()) as TriggerStatus;
      expect(status.mappings.find((mapping) => mapping.function === 'steady')).toMatchObject({
        delivered: 3,
        partitions: [{ topic: 'steady', partition: 0, committedOffset: 3, lag: 0 }],
      });
    } finally {
      expect(await offline.stop()).toEqual([0, null]);
    }
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html
  it('a kafka event reads from its own brokers', async () => {
    const args = ['--config', 'self-managed.yml'];
    const offline = await startOffline(SERVICE, { args, env: { OWN_BROKERS: broker.brokers } });
    try {
      await eventually(async () => expectSelfManaged(await eventsOf('steady', 'self-managed')));
    } finally {
      expect(await offline.stop()).toEqual([0, null]);
    }
  });

  it.each([
    ['serverless-kafka-trigger must stand before serverless-offline', ['--config', 'wrong-order.yml']],
    ['no brokers known; set KAFKA_BROKERS', []],
  ])('what is wrong with the setup is a sentence: %s', async (sentence, args) => {
    const offline = await startOffline(SERVICE, { args, env: {} });
    try {
      await eventually(() => expect(offline.child.exitCode).toBe(1));
    } finally {
      offline.child.kill('SIGKILL');
    }
    expect(offline.output()).toContain(sentence);
    expect(offline.output()).not.toMatch(/^ +at /m);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-esm-parameters.html
  it('the mappings that run are those that deploy', async () => {
    const args = [SLS, 'package', '--package', join(stateDir, 'package')];
    await runToEnd('node', args, { cwd: SERVICE, env: { STATE_DIR: stateDir } });
    const path = join(stateDir, 'package', 'cloudformation-template-update-stack.json');
    const template = JSON.parse(await readFile(path, 'utf8')) as CompiledTemplate;
    const functions = [
      'steady',
      'throwing',
      'crashing',
      'exiting',
      'hanging',
      'poisoned',
      'disabled',
      'selfManaged',
    ].map((key) => ({
      key,
      name: `misbehaving-dev-${key}`,
      arn: `arn:aws:lambda:us-east-1:000000000000:function:misbehaving-dev-${key}`,
      logicalId: `${key[0]?.toUpperCase()}${key.slice(1)}LambdaFunction`,
      timeoutMs: 1_000,
    }));
    const options = { functions, defaultGroup: (id: string) => `misbehaving-dev.${id}`, hasOwnSecurity: false };
    const deployed = readMappings(template, options).mappings.filter(({ isEnabled }) => isEnabled);
    expect(deployed.find(({ functionKey }) => functionKey === 'selfManaged')).toMatchObject({
      source: { kind: 'self-managed', bootstrapServers: ['127.0.0.1:1'] },
      access: [
        { type: 'SASL_SCRAM_512_AUTH', secretArn: expect.stringMatching(/kafka-user$/) },
        { type: 'SERVER_ROOT_CA_CERTIFICATE', secretArn: expect.stringMatching(/kafka-ca$/) },
      ],
    });
    const offline = await startOffline(SERVICE);
    try {
      await eventually(() => expect(readLines(offline.output(), 'mapping')).toHaveLength(deployed.length));
    } finally {
      expect(await offline.stop()).toEqual([0, null]);
    }
    expect(readLines(offline.output(), 'mapping')).toMatchObject(
      deployed.map((mapping) => ({
        mapping: mapping.id,
        function: mapping.functionKey,
        topics: mapping.topics,
        consumer_group: mapping.consumerGroupId,
        batch_size: mapping.batchSize,
        window_ms: mapping.windowMs,
      })),
    );
  });

  it("a foreign service's ten lines are enough", async () => {
    const offline = await startOffline(join(PACKAGE, 'example'));
    try {
      await eventually(() => expect(offline.output()).toContain('greetings-0 2: c'));
    } finally {
      expect(await offline.stop()).toEqual([0, null]);
    }
  });
});
