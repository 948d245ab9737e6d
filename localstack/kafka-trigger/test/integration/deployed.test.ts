import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { Kafka, Producer } from 'kafkajs';
import { startTestKafka, type TestKafka } from '../../../../test/support/kafka.ts';
import { type Ministack, startMinistack } from '../../../../test/support/ministack.ts';
import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import { createClient } from '../../src/kafka/client.ts';
import { eventually } from '../support/fakes.ts';
import { PACKAGE, type Running, readLines, runToEnd, SLS, startNode } from '../support/run-command.ts';

jest.setTimeout(120_000);

const SERVICE = join(__dirname, 'deployed-service');

let broker: TestKafka;
let ministack: Ministack;
let kafka: Kafka;
let producer: Producer;
let stateDir: string;
let program: Running;

beforeAll(async () => {
  await runToEnd('node', ['build.mjs'], { cwd: PACKAGE });
  [broker, ministack] = await Promise.all([startTestKafka(), startMinistack()]);
  stateDir = await mkdtemp(join(tmpdir(), 'kafka-trigger-'));
  kafka = createClient({ brokers: [broker.brokers] }, () => {});
  producer = createProducer(kafka);
  await producer.connect();
  for (const topic of ['greetings', 'changed', 'removed', 'added', 'failing']) await broker.createTopic(topic);
  const args = ['--endpoint', ministack.endpoint, '--brokers', broker.brokers, '--interval', '0.3'];
  program = startNode([join(PACKAGE, 'dist/serverless-kafka-trigger.cjs'), ...args, '--session-timeout', '6000']);
});
afterAll(async () => {
  program.child.kill('SIGKILL');
  await producer.disconnect();
  await broker.stop();
  await ministack.stop();
  await rm(stateDir, { recursive: true, force: true });
});

const sls = (cwd: string, ...args: string[]) =>
  runToEnd('node', [SLS, ...args, '--stage', 'local'], {
    cwd,
    env: {
      AWS_ENDPOINT_URL: ministack.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      STATE_DIR: stateDir,
    },
  });

const send = (topic: string, ...values: string[]) =>
  producer.send({ topic, messages: values.map((value) => ({ value })) });

async function readEvents(topic: string): Promise<LambdaKafkaEvent[]> {
  const lines = await readFile(join(stateDir, 'events'), 'utf8').catch(() => '');
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LambdaKafkaEvent)
    .filter((event) => `${topic}-0` in event.records);
}

async function readValues(topic: string): Promise<string[]> {
  const records = (await readEvents(topic)).flatMap((event) => event.records[`${topic}-0`] ?? []);
  return records.map(({ value }) => atob(value ?? ''));
}

describe('the stand-alone program', () => {
  it("runs the example as it is deployed, where it was started before the service's first deployment", async () => {
    await send('greetings', 'a', 'b', 'c');
    await Promise.all([sls(join(PACKAGE, 'example'), 'deploy'), sls(SERVICE, 'deploy', '--config', 'first.yml')]);
    const delivered = { topic: 'greetings', records: 3, outcome: 'delivered', function: expect.any(String) };
    await eventually(() => expect(readLines(program.output(), 'batch')).toMatchObject([delivered]));
    await eventually(async () =>
      expect(await sls(join(PACKAGE, 'example'), 'logs', '-f', 'print')).toContain('greetings-0 2: c'),
    );
  });

  it('follows redeployments: mappings are changed, added and removed, and no record is lost', async () => {
    await send('removed', 'before');
    await send('failing', 'x');
    await eventually(async () => expect(await readValues('removed')).toEqual(['before']));
    let sent = 0;
    let isDeploying = true;
    const producing = (async () => {
      for (; isDeploying; sent += 1) {
        await send('changed', String(sent));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    await eventually(async () => expect((await readValues('changed')).length).toBeGreaterThan(10));
    await sls(SERVICE, 'deploy', '--config', 'second.yml');
    await send('added', 'new');
    await eventually(async () => expect(await readValues('added')).toEqual(['new']));
    isDeploying = false;
    await producing;
    await eventually(async () => expect(new Set(await readValues('changed')).size).toBe(sent));
    // What was in flight when the mapping ended may have come twice.
    expect((await readValues('changed')).length).toBeLessThanOrEqual(sent + 3);
    const sizes = readLines(program.output(), 'mapping').filter(
      ({ consumer_group }) => consumer_group === 'changed-group',
    );
    expect(sizes.map(({ batch_size }) => batch_size)).toEqual([3, 7]);

    const ended = readLines(program.output(), 'mapping ends').map(({ mapping }) => mapping);
    expect(ended).toEqual([expect.stringContaining('Changed'), expect.stringContaining('Removed')]);
    await send('removed', 'after');
    await send('added', 'newer');
    await eventually(async () => expect(await readValues('added')).toEqual(['new', 'newer']));
    expect(await readValues('removed')).toEqual(['before']);
  });

  it('takes a FunctionError for a failed batch, and delivers it again', async () => {
    await eventually(async () => expect(await readValues('failing')).toEqual(['x']));
    const attempts = readLines(program.output(), 'batch').filter(({ topic }) => topic === 'failing');
    expect(attempts).toMatchObject([
      { attempt: 1, outcome: 'failed', error: expect.stringContaining('failed on purpose') },
      { attempt: 2, outcome: 'delivered' },
    ]);
  });

  it('goes on when the deployment cannot be read, ends what was removed, and stops cleanly', async () => {
    await sls(SERVICE, 'remove', '--config', 'second.yml');
    await eventually(() => expect(readLines(program.output(), 'mapping ends')).toHaveLength(5));
    await ministack.stop();
    await eventually(() => expect(readLines(program.output(), 'deployment not readable')).toHaveLength(1));
    expect(await program.stop()).toEqual([0, null]);
    expect(readLines(program.output(), 'stopped')).toHaveLength(1);
  });
});
