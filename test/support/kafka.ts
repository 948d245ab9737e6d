import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningKafka, startKafka } from '../../localstack/kafka/broker.ts';
import { installKafka } from '../../localstack/kafka/install.ts';
import { createTopics } from '../../localstack/kafka/topics.ts';
import { findFreePorts } from './find-free-ports.ts';

/** A real broker for one test file, with state of its own. */
export interface TestKafka {
  brokers: string;
  createTopic(topic: string, options?: { partitions?: number; config?: Record<string, string> }): Promise<void>;
  /** `kill -9`; {@link TestKafka.restart} brings it back with its data. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a broker on free ports; call it in `beforeAll` and `stop` in `afterAll`. The first call installs Kafka. */
export async function startTestKafka(): Promise<TestKafka> {
  const install = await installKafka();
  const stateDir = await mkdtemp(join(tmpdir(), 'tidemark-test-kafka-'));
  const [port, controllerPort] = (await findFreePorts(2)) as [number, number];
  const brokers = `127.0.0.1:${port}`;
  let broker: RunningKafka | undefined;
  const start = async () => {
    broker = await startKafka({ install, stateDir, port, controllerPort });
    await broker.ready;
  };
  await start();
  return {
    brokers,
    createTopic: async (topic, { partitions = 1, config = {} } = {}) => {
      await createTopics(brokers, [{ topic, partitions, config }]);
    },
    kill: async () => broker?.kill(),
    restart: start,
    stop: async () => {
      await broker?.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
