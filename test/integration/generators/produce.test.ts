import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { Stream } from '@tidemark/domains/stream';
import { userEvents } from '@tidemark/domains/user_events/stream';
import { createKafka } from '@tidemark/platform/kafka/client';
import { startTestKafka, type TestKafka } from '../../support/kafka.ts';
import { waitUntil } from '../../support/wait-until.ts';

jest.setTimeout(120_000);

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** A start of Node on a busy machine takes seconds. */
const WITHIN = { withinMs: 30_000 };

interface Command {
  child: ChildProcess;
  output(): string;
  exited: Promise<number | null>;
}

describe('generate and replay as commands against a real broker', () => {
  let kafka: TestKafka;
  const commands: Command[] = [];

  beforeAll(async () => {
    kafka = await startTestKafka();
  });
  afterAll(async () => {
    for (const { child } of commands) child.kill('SIGKILL');
    await kafka.stop();
  });

  function run(entry: 'generators' | 'replay', ...args: string[]): Command {
    const hooks = ['--import', 'tsx', '--import', './localstack/sql-as-text.mjs'];
    const child = spawn(process.execPath, [...hooks, `localstack/${entry}/main.ts`, ...args], {
      cwd: ROOT,
      env: { ...process.env, KAFKA_BROKERS: kafka.brokers },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
      });
    }
    const command = { child, output: () => text, exited: once(child, 'close').then(([code]) => code) };
    commands.push(command);
    return command;
  }

  async function countStored({ topic } = retailEvents as Stream): Promise<number> {
    const admin = createKafka({ brokers: [kafka.brokers], clientId: 'test' }).admin();
    await admin.connect();
    try {
      const partitions = await admin.fetchTopicOffsets(topic);
      return partitions.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    } finally {
      await admin.disconnect();
    }
  }

  it('say which topic is missing, and how it comes to be', async () => {
    const command = run('generators', 'retail_events', '--count', '1');

    expect(await command.exited).toBe(1);
    expect(command.output()).toContain('has no topic retail_events: npm start creates it.');
  });

  it('produce exactly the count, and sum it up', async () => {
    await kafka.createTopic(retailEvents.topic, { partitions: 3 });
    const history = run('generators', 'retail_events', '--months', '2', '--count', '3000', '--seed', '5');
    expect(await history.exited).toBe(0);
    expect(history.output()).toMatch(/produced 3,000 events to retail_events in .* s \(.*\/s\)\nseed 5, until 2/);
    expect(await countStored()).toBe(3_000);

    const replay = run('replay', 'online-retail', '--limit', '1234');
    expect(await replay.exited).toBe(0);
    expect(replay.output()).toContain('transactions: 1,224 SALE, 10 RETURN\ndead letters to expect: none');
    expect(await countStored()).toBe(4_234);
  });

  it('produce several domains at once, each to its own topic', async () => {
    await kafka.createTopic(userEvents.topic, { partitions: 3 });
    const before = await countStored();
    const both = run('generators', 'retail_events', 'user_events', '--rate', '500', '--count', '700', '--poison', '10');

    expect(await both.exited).toBe(0);
    expect(both.output()).toContain('produced 700 events to retail_events, user-events in');
    expect(await countStored()).toBe(before + 350);
    expect(await countStored(userEvents)).toBe(350);
  });

  it('end on Ctrl-C with a summary that tells what Kafka has', async () => {
    const before = await countStored();
    const command = run('generators', 'retail_events', '--rate', '200');
    await waitUntil(async () => (await countStored()) > before + 100, WITHIN);

    command.child.kill('SIGINT');

    expect(await command.exited).toBe(0);
    const produced = Number(/produced ([\d,]+) events/.exec(command.output())?.[1]?.replaceAll(',', ''));
    expect(await countStored()).toBe(before + produced);
  });

  it('sit out a crash of Kafka, say so, and store every event once', async () => {
    const before = await countStored();
    const command = run('generators', 'retail_events', '--rate', '200', '--count', '2000');
    await waitUntil(async () => (await countStored()) > before + 100, WITHIN);

    await kafka.kill();
    await waitUntil(() => command.output().includes('does not answer: waiting for it'), WITHIN);
    await kafka.restart();

    expect(await command.exited).toBe(0);
    expect(command.output()).toContain('answers again');
    expect(await countStored()).toBe(before + 2_000);
  });

  it('end on Ctrl-C also while Kafka is away', async () => {
    const before = await countStored();
    const command = run('generators', 'retail_events', '--rate', '200');
    await waitUntil(async () => (await countStored()) > before + 10, WITHIN);
    await kafka.kill();
    await waitUntil(() => command.output().includes('does not answer: waiting for it'), WITHIN);

    command.child.kill('SIGTERM');

    expect(await command.exited).toBe(1);
    expect(command.output()).toMatch(/batch in flight may be stored or not\.\nproduced [\d,]+ events/);
  });
});
