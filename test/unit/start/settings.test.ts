import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildStackEnvironment, buildUrls } from '../../../localstack/start/environment.ts';
import { listOwnPorts, readSettings } from '../../../localstack/start/settings.ts';

const credentials = {
  CLICKHOUSE_ADMIN_PASSWORD: 'a',
  CLICKHOUSE_INGEST_PASSWORD: 'i',
  CLICKHOUSE_QUERY_PASSWORD: 'q',
};

describe('the settings', () => {
  it('have the documented ports and place without any variable', () => {
    const { ports, stateDir, generate } = readSettings({});

    expect(ports).toEqual({
      kafka: 9092,
      kafkaController: 9093,
      clickhouse: 8123,
      emulator: 4566,
      api: 3000,
      lambda: 3002,
      triggerStatus: 3003,
    });
    expect(stateDir).toBe(resolve('.tidemark'));
    expect(generate).toBe(true);
  });

  it('take each port from its variable', () => {
    expect(readSettings({ API_PORT: '4000', KAFKA_PORT: '' }).ports).toMatchObject({ api: 4000, kafka: 9092 });
  });

  it.each(['0', '65536', '80a', '-1', '3.5'])('refuse %s as a port, naming the variable', (text) => {
    expect(() => readSettings({ API_PORT: text })).toThrow(`API_PORT=${text} is no port`);
  });

  it('refuse one port for two parts, naming both variables', () => {
    expect(() => readSettings({ KAFKA_PORT: '3000' })).toThrow('KAFKA_PORT and API_PORT are both 3000');
  });

  it('use what runs elsewhere, and ask for no port for it', () => {
    const settings = readSettings({
      KAFKA_BROKERS: 'b-1:9092,b-2:9092',
      CLICKHOUSE_URL: 'https://ch.example',
      AWS_ENDPOINT_URL: 'http://aws.example',
    });

    expect(listOwnPorts(settings).map(({ name }) => name)).toEqual(['api', 'lambda', 'triggerStatus']);
    expect(buildUrls(settings)).toMatchObject({
      kafkaBrokers: 'b-1:9092,b-2:9092',
      clickhouse: 'https://ch.example',
      s3: 'http://aws.example',
    });
  });
});

describe("the functions' environment", () => {
  it('points to the local parts', () => {
    const environment = buildStackEnvironment(readSettings({ CLICKHOUSE_PORT: '8124' }), credentials, { PATH: '/bin' });

    expect(environment).toMatchObject({
      PATH: '/bin',
      TZ: 'UTC',
      KAFKA_BROKERS: '127.0.0.1:9092',
      CLICKHOUSE_URL: 'http://127.0.0.1:8124',
      CLICKHOUSE_INGEST_PASSWORD: 'i',
      S3_ENDPOINT: 'http://127.0.0.1:4566',
      LAKE_BUCKET: 'tidemark-lake',
      TIDEMARK_STAGE: 'local',
    });
  });

  it('never shows real AWS credentials to the emulator', () => {
    const env = { AWS_PROFILE: 'work', AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' };

    const environment = buildStackEnvironment(readSettings(env), credentials, env);

    expect(environment).toMatchObject({ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    expect(environment).not.toHaveProperty('AWS_PROFILE');
    expect(environment).not.toHaveProperty('AWS_SESSION_TOKEN');
  });

  it('gives them to a store of yours', () => {
    const env = { S3_ENDPOINT: 'https://s3.example', AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' };

    const environment = buildStackEnvironment(readSettings(env), credentials, env);

    expect(environment).toMatchObject({ AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's' });
  });

  it('leaves out what steers the Node of the caller', () => {
    const environment = buildStackEnvironment(readSettings({}), credentials, {
      NODE_ENV: 'test',
      NODE_OPTIONS: '--inspect',
    });

    expect(environment).not.toHaveProperty('NODE_ENV');
    expect(environment).not.toHaveProperty('NODE_OPTIONS');
  });
});
