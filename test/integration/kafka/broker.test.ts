import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKafka, createProducer } from '@tidemark/platform/kafka/client';
import { prepareKafka, startKafka } from '../../../localstack/kafka/broker.ts';
import { installKafka, type KafkaInstall } from '../../../localstack/kafka/install.ts';
import { awaitFreePort } from '../../../localstack/kafka/ports.ts';
import { awaitReady } from '../../../localstack/kafka/readiness.ts';
import { createTopics } from '../../../localstack/kafka/topics.ts';
import { findFreePorts } from '../../support/find-free-ports.ts';

describe('Kafka on the laptop', () => {
  let install: KafkaInstall;
  let stateDir: string;
  const places = { stateDir: '', port: 0, controllerPort: 0 };

  beforeAll(async () => {
    install = await installKafka();
    stateDir = await mkdtemp(join(tmpdir(), 'tidemark-broker-'));
    const [port, controllerPort] = await findFreePorts(2);
    Object.assign(places, { stateDir, port, controllerPort });
  }, 180_000);

  afterAll(() => rm(stateDir, { recursive: true, force: true }));

  it('installs once: a second call fetches nothing', async () => {
    const progress: string[] = [];
    await installKafka({ onProgress: (line) => progress.push(line) });
    expect(progress).toEqual([]);
  });

  it('keeps topics and records through kill -9, and takes LogAppendTime for new topics', async () => {
    const first = await startKafka({ install, ...places });
    await first.ready;
    expect(
      await createTopics(first.brokers, [{ topic: 'kept', partitions: 2, config: { 'retention.ms': '1000000' } }]),
    ).toEqual(['kept']);
    const kafka = createKafka({ brokers: [first.brokers], clientId: 'test' });
    const producer = createProducer(kafka);
    await producer.connect();
    await producer.send({ topic: 'kept', messages: [{ value: 'one', partition: 0, timestamp: '1300000000000' }] });
    await producer.disconnect();
    await first.kill();

    const second = await startKafka({ install, ...places });
    try {
      await second.ready;
      expect(await createTopics(second.brokers, [{ topic: 'kept', partitions: 2 }])).toEqual([]);
      const admin = kafka.admin();
      await admin.connect();
      const offsets = await admin.fetchTopicOffsets('kept');
      const config = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: 2, name: 'kept', configNames: ['retention.ms', 'message.timestamp.type'] }],
      });
      await admin.disconnect();
      expect(offsets.find(({ partition }) => partition === 0)).toMatchObject({ low: '0', high: '1' });
      expect(config.resources[0]?.configEntries.map((entry) => entry.configValue)).toEqual([
        '1000000',
        'LogAppendTime',
      ]);
    } finally {
      await second.stop();
    }
  }, 60_000);

  it('refuses a taken port in one sentence that names the variable', async () => {
    const broker = await startKafka({ install, ...places });
    await broker.ready;
    await expect(prepareKafka({ install, ...places, portTimeoutMs: 0 })).rejects.toThrow(
      `Port ${places.port} is taken; stop what listens there, or set KAFKA_PORT to another port.`,
    );
    await broker.stop();
  }, 60_000);

  it('stops when its parent is killed, and the state serves the next start', async () => {
    const { command, args, brokers } = await prepareKafka({ install, ...places });
    const keepAlive = `require('node:child_process').spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, { stdio: ['pipe', 'ignore', 'ignore'] })`;
    const parent = spawn(process.execPath, ['-e', keepAlive]);
    const ended = once(parent, 'exit');
    await awaitReady(brokers, AbortSignal.timeout(30_000));
    parent.kill('SIGKILL');
    await ended;
    expect(await awaitFreePort(places.port, 15_000)).toBe(true);
    const next = await startKafka({ install, ...places });
    await next.ready;
    await next.stop();
  }, 60_000);

  it('says why it could not start', async () => {
    const broken = { ...install, classPath: '/nowhere.jar' };
    const broker = await startKafka({ install: broken, ...places });
    await expect(broker.ready).rejects.toThrow(/Kafka ended \(1\):[\s\S]*kafka\.Kafka/);
  }, 60_000);
});
