import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { Stream } from '@tidemark/domains/stream';
import { userEvents } from '@tidemark/domains/user_events/stream';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import type { Message } from '../../localstack/generators/producing/message.ts';
import { findPorts } from '../support/test-stack.ts';
import { type BenchStack, startBenchStack } from './bench-stack.ts';
import type { Figure } from './figure.ts';
import { connectKafka, DAY_MS, makeRetailLoad, makeUserLoad, storeWaitingLoad } from './load.ts';
import { measureCompaction } from './measure-compaction.ts';
import { measureDelivery } from './measure-delivery.ts';
import { measureLatency } from './measure-latency.ts';
import { measureQueries } from './measure-queries.ts';
import { measureUserQueries } from './measure-user-queries.ts';
import { readUsage, type UsageByName } from './processes.ts';
import { readLoad } from './report.ts';
import { watchOthers } from './watch-others.ts';

export interface BenchInput {
  readonly events: number;
  /** Empty and ours: the stack's state. */
  readonly stateDir: string;
  readonly signal: AbortSignal;
  /** Takes a line about what is going on. */
  readonly note: (line: string) => void;
}

export interface BenchResult {
  readonly figures: readonly Figure[];
  readonly bytesPerEvent: number;
}

/** Measures a fresh stack from its first start to its second. Nothing runs when it has ended, well or not. */
export async function runBench({ events, stateDir, signal, note }: BenchInput): Promise<BenchResult> {
  const start = { stateDir, ports: await findPorts(), signal, note: () => {} };
  note('starting a stack with fresh state');
  const first = await startBenchStack(start);
  let measured: BenchResult;
  try {
    measured = await measureStack(first, { events, signal, note });
  } finally {
    note('stopping');
    await first.stop();
  }
  note('starting it again on the same state');
  const second = await startBenchStack(start);
  await second.stop();
  const startFigure = (name: string, { readyAfterMs }: BenchStack, target?: number): Figure => ({
    section: 'Start, npm start to ready',
    name,
    value: readyAfterMs / 1000,
    unit: 's',
    ...(target !== undefined && { target: { is: 'below', value: target } }),
  });
  const startFigures = [startFigure('first, downloads cached', first), startFigure('second, same state', second, 15)];
  return { ...measured, figures: [...startFigures, ...measured.figures] };
}

async function measureStack(
  { urls, environment, groups }: BenchStack,
  { events, signal, note }: Omit<BenchInput, 'stateDir'>,
): Promise<BenchResult> {
  const config = readConfig(environment);
  const admin = createClickHouse(config, 'admin');
  const reader = createClickHouse(config, 'query');
  const kafka = connectKafka(urls.kafkaBrokers);
  const untilMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  try {
    const idle = await readUsage(groups);
    note(`storing ${events} events`);
    const store = (stream: Stream, messages: Iterator<Message>) =>
      storeWaitingLoad(kafka, { stream, messages, events, note: createCounter(events, note) });
    const load = await store(retailEvents, makeRetailLoad(events, untilMs));
    const measure = async (what: string, run: () => Promise<Figure[]>) => {
      note(`${what} (load average ${readLoad()})`);
      const stopWatching = await watchOthers(groups);
      const figures = await run();
      const othersPercent = await stopWatching();
      return figures.map((figure) => ({ ...figure, othersPercent }));
    };
    const figures = [
      ...(await measure('delivering them', () =>
        measureDelivery(
          { section: 'From Kafka to queryable', stream: retailEvents, events, load, groups },
          { admin, reader, kafka, signal },
        ),
      )),
      ...(await measure('compacting them', () =>
        measureCompaction(urls.lambda, {
          section: 'From Kafka to a published snapshot',
          stream: retailEvents,
          records: events,
          target: { is: 'above', value: 120_000 },
        }),
      )),
      ...(await measure('producing 500 events/s for 30 s', () => measureLatency({ reader, kafka, signal }))),
      ...(await measure('querying', () => measureQueries({ reader, apiUrl: urls.api, untilMs, signal }))),
    ];
    note(`storing ${events} user events`);
    const userLoad = await store(userEvents, makeUserLoad(events, Date.now()));
    figures.push(
      ...(await measure('delivering them', () =>
        measureDelivery(
          { section: 'User events, from Kafka to queryable', stream: userEvents, events, load: userLoad, groups },
          { admin, reader, kafka, signal },
        ),
      )),
      ...(await measure('compacting them', () =>
        measureCompaction(urls.lambda, {
          section: 'User events, from Kafka to bronze, silver and a published snapshot',
          stream: userEvents,
          records: events,
        }),
      )),
      ...(await measure('querying', () => measureUserQueries({ admin, reader, kafka, apiUrl: urls.api, signal }))),
    );
    const memory = describeMemory(idle, await readUsage(groups));
    return { bytesPerEvent: load.bytesPerEvent, figures: [...figures, ...memory] };
  } finally {
    await Promise.all([admin.close(), reader.close()]);
  }
}

function describeMemory(idle: UsageByName, loaded: UsageByName): Figure[] {
  return Object.keys(idle).flatMap((name) => [
    { section: 'Memory, RSS', name: `${name}, idle`, value: idle[name]?.rssMb ?? 0, unit: 'MB' },
    { section: 'Memory, RSS', name: `${name}, after all this`, value: loaded[name]?.rssMb ?? 0, unit: 'MB' },
  ]);
}

/** Notes every tenth. */
function createCounter(total: number, note: (line: string) => void): (done: number) => void {
  let nextTenth = 1;
  return (done) => {
    if (done < (total * nextTenth) / 10) return;
    nextTenth = Math.floor((done * 10) / total) + 1;
    note(`  ${Math.floor((done * 100) / total)}%`);
  };
}
