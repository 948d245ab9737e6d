import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createProducer } from '@tidemark/platform/kafka/client';
import { findFreePorts } from '../../../../test/support/find-free-ports.ts';
import { startTestKafka, type TestKafka } from '../../../../test/support/kafka.ts';
import { createClient } from '../../src/kafka/client.ts';
import { eventually } from '../support/fakes.ts';
import { PACKAGE, runToEnd, startNode } from '../support/run-command.ts';

jest.setTimeout(180_000);

let broker: TestKafka;
let dir: string;

beforeAll(async () => {
  broker = await startTestKafka();
  dir = await mkdtemp(join(tmpdir(), 'kafka-trigger-installed-'));
});
afterAll(async () => {
  await broker.stop();
  await rm(dir, { recursive: true, force: true });
});

const npm = (cwd: string, ...args: string[]) => runToEnd('npm', [...args, '--no-audit', '--no-fund'], { cwd });

describe('the package, installed from its tarball beside another service', () => {
  it('holds what it needs and nothing else, and runs the example under sls offline', async () => {
    const [packed] = JSON.parse(await npm(PACKAGE, 'pack', '--json', '--pack-destination', dir));
    expect(packed.files.map(({ path }: { path: string }) => path).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/plugin.cjs',
      'dist/serverless-kafka-trigger.cjs',
      'package.json',
    ]);
    for (const file of ['.npmrc', 'handler.js', 'serverless.yml', 'package.json']) {
      await cp(join(PACKAGE, 'example', file), join(dir, file));
    }
    await npm(dir, 'install', '--prefer-offline', '--save-dev', `./${packed.filename}`);
    expect(await readdir(join(dir, 'node_modules'))).not.toContain('@tidemark');

    await broker.createTopic('greetings');
    const producer = createProducer(createClient({ brokers: [broker.brokers] }, () => {}));
    await producer.connect();
    await producer.send({ topic: 'greetings', messages: [{ value: 'hello' }] });
    await producer.disconnect();
    const bin = join(dir, 'node_modules/.bin');
    const env = { KAFKA_BROKERS: broker.brokers, NODE_ENV: 'development' };
    const [httpPort, lambdaPort] = await findFreePorts(2);
    const args = ['offline', 'start', '--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)];
    const offline = startNode([join(bin, 'serverless'), ...args], { cwd: dir, env });
    try {
      await eventually(() => expect(offline.output()).toContain('greetings-0 0: hello'), 40_000);
    } finally {
      expect(await offline.stop()).toEqual([0, null]);
    }
    const program = join(bin, 'serverless-kafka-trigger');
    expect(await runToEnd(program, ['--help'])).toContain('Usage:');
    await expect(runToEnd(program, ['--nope'])).rejects.toMatchObject({
      code: 1,
      stderr: "Unknown option '--nope'\n--help lists the options.\n",
    });
  });
});
