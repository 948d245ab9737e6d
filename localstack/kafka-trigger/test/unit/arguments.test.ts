import { describe, expect, it } from '@jest/globals';
import { createClientConfig } from '../../src/aws/client-config.ts';
import { readSecurityFromEnvironment } from '../../src/kafka/security.ts';
import { readArguments } from '../../src/standalone/arguments.ts';

const ENDPOINT = 'http://127.0.0.1:4566';

describe('the command line', () => {
  it('stands above the environment', () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', KAFKA_BROKERS: 'a:1', AWS_REGION: 'eu-west-1' };
    const args = [
      '--endpoint',
      ENDPOINT,
      '--stack',
      'one',
      '--stack',
      'two',
      '--brokers',
      'b:1,b:2',
      '--interval',
      '0.5',
      '--verbose',
    ];
    expect(readArguments(args, env)).toEqual({
      endpoint: ENDPOINT,
      region: 'eu-west-1',
      stacks: ['one', 'two'],
      brokers: ['b:1', 'b:2'],
      intervalMs: 500,
      maxConcurrency: undefined,
      sessionTimeoutMs: undefined,
      statusPort: undefined,
      isVerbose: true,
    });
    expect(readArguments([], env)).toMatchObject({
      endpoint: env.AWS_ENDPOINT_URL,
      brokers: ['a:1'],
      stacks: [],
      isVerbose: false,
    });
  });

  it.each([
    ['no endpoint', [], 'no endpoint'],
    ['an endpoint that is no URL', ['--endpoint', 'localhost'], 'neither a URL nor "aws"'],
    ['an unknown option', ['--nope'], '--nope'],
    ['a number that is none', ['--endpoint', ENDPOINT, '--interval', 'often'], '--interval often'],
    ['an interval without a pause', ['--endpoint', ENDPOINT, '--interval', '0'], '--interval 0'],
    ['room for no invocation', ['--endpoint', ENDPOINT, '--max-concurrency', '0'], 'not a number from 1'],
    ['a port that is none', ['--endpoint', ENDPOINT, '--status-port', '70000'], 'not a number from 0 to 65535'],
  ])('is refused with %s', (_name, args, reason) => {
    expect(() => readArguments(args, {})).toThrow(reason);
  });
});

describe('AWS itself', () => {
  it('is reached only when it is named, and then with its own credentials', () => {
    expect(createClientConfig({ endpoint: 'aws', region: 'r' }, {})).toEqual({ region: 'r' });
    expect(createClientConfig({ endpoint: ENDPOINT, region: 'r' }, {}).credentials).toBeDefined();
    expect(createClientConfig({ endpoint: ENDPOINT, region: 'r' }, { AWS_ACCESS_KEY_ID: 'k' })).toEqual({
      region: 'r',
      endpoint: ENDPOINT,
    });
  });
});

describe('security from the environment', () => {
  it('is plain, and no secret is read, with PLAINTEXT; without a protocol it is left to the mapping', () => {
    expect(readSecurityFromEnvironment({ KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT' })).toEqual({});
    expect(readSecurityFromEnvironment({})).toBeUndefined();
  });

  it.each([
    [{ KAFKA_SECURITY_PROTOCOL: 'TLS' }, 'KAFKA_SECURITY_PROTOCOL'],
    [{ KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_MECHANISM: 'GSSAPI' }, 'KAFKA_SASL_MECHANISM'],
    [{ KAFKA_SECURITY_PROTOCOL: 'SASL_SSL' }, 'KAFKA_SASL_USERNAME'],
  ])('%j is refused by the name of what is wrong', (env, variable) => {
    expect(() => readSecurityFromEnvironment(env)).toThrow(variable);
  });
});
