import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogPositions } from '../../../functions/serving/completeness/log-positions.ts';
import { checkHealth } from '../../../functions/serving/status/check-health.ts';
import { createClickHouse } from '../../../layers/platform/clickhouse.ts';
import { systemClock } from '../../../layers/platform/clock.ts';
import { readConfig } from '../../../layers/platform/config.ts';
import { createKafkaOpener, openLake } from '../../../layers/platform/connections.ts';
import { askTrigger, type TriggerStatus } from '../../../layers/platform/trigger-status.ts';
import { declaration, silentLog } from '../../support/compaction.ts';
import { createFakeKafkaLog } from '../../support/fake-kafka-log.ts';
import { createMemoryObjectStore } from '../../support/memory-object-store.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';

const { stream } = declaration;

const up = {
  clickhouse: createRecordingClickHouse(),
  openKafka: async () => createFakeKafkaLog({ partitions: 1 }),
  store: createMemoryObjectStore(),
  askTrigger: undefined,
  clock: systemClock,
};

describe('the health of the trigger', () => {
  const mapping = (name: string, isConnected: boolean, lastError: string | null = null) => ({
    ...{ function: name, topics: ['topic'], isConnected, lastError },
    ...{ batches: 0, delivered: 0, filtered: 0, discarded: 0, failures: 0, oversized: 0 },
  });
  const check = async (...mappings: TriggerStatus['mappings']) => {
    const trigger = async () => ({ startedAt: '2026-11-21T12:00:00Z', mappings });
    return (await checkHealth({ ...up, askTrigger: trigger })).find(({ name }) => name === 'trigger');
  };

  it('is fine while every function is connected', async () => {
    expect(await check(mapping('ingestA', true), mapping('ingestB', true))).toMatchObject({ status: 'ok' });
  });

  it('names the functions that are not, with what went wrong', async () => {
    const part = await check(mapping('ingestA', true), mapping('ingestB', false, 'no broker'), mapping('c', false));
    expect(part).toMatchObject({ status: 'down', detail: 'not connected to Kafka: ingestB (no broker), c' });
  });

  it('is not told where it is AWS that polls', async () => {
    expect((await checkHealth(up)).map(({ name }) => name)).toEqual(['kafka', 'clickhouse', 'lake']);
  });
});

describe('a part that takes connections and never answers', () => {
  let silent: Server;
  const sockets = new Set<Socket>();
  let port: number;

  beforeEach(async () => {
    silent = createServer((socket) => {
      sockets.add(socket.on('error', () => socket.destroy()));
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });

  afterEach(() => {
    silent.close();
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  });

  const readSilentConfig = () => {
    const url = `http://127.0.0.1:${port}`;
    return readConfig({
      ...{ KAFKA_BROKERS: `127.0.0.1:${port}`, CLICKHOUSE_URL: url, S3_ENDPOINT: url },
      ...{ CLICKHOUSE_QUERY_PASSWORD: 'secret', LAKE_BUCKET: 'lake' },
    });
  };

  it('is down within seconds, whichever it is', async () => {
    const config = readSilentConfig();
    process.env.AWS_ACCESS_KEY_ID = process.env.AWS_SECRET_ACCESS_KEY = 'none';
    const clickhouse = createClickHouse(config, 'query', 5000);
    const openKafka = createKafkaOpener(config, 'test', 2000);
    const startedAtMs = performance.now();
    const parts = await checkHealth({
      ...{ clickhouse, openKafka, store: openLake(config), clock: systemClock },
      askTrigger: (signal) => askTrigger(`http://127.0.0.1:${port}`, signal),
    });
    expect(performance.now() - startedAtMs).toBeLessThan(4500);
    const down = (name: string) => expect.objectContaining({ name, status: 'down', detail: 'no answer within 3 s' });
    expect(parts).toEqual([down('kafka'), down('clickhouse'), down('lake'), down('trigger')]);
    await clickhouse.close();
  }, 10_000);

  it('does not hold up an answer either: ClickHouse is named, and without Kafka the lag is unknown', async () => {
    const config = readSilentConfig();
    const clickhouse = createClickHouse(config, 'query', 200);
    await expect(clickhouse.query('SELECT 1')).rejects.toMatchObject({ part: 'ClickHouse', retryable: true });
    await clickhouse.close();

    const openKafka = createKafkaOpener(config, 'test', 2000);
    const startedAtMs = performance.now();
    expect(await createLogPositions(openKafka, silentLog)(stream)).toBeUndefined();
    expect(performance.now() - startedAtMs).toBeLessThan(6500);
  }, 10_000);
});
