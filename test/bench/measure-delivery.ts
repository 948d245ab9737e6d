import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Kafka } from 'kafkajs';
import { pollUntil } from './deadline.ts';
import type { Figure } from './figure.ts';
import type { WaitingLoad } from './load.ts';
import { readUsage } from './processes.ts';

const POLL_MS = 50;
const WITHIN_MS = 10 * 60 * 1000;

export interface DeliveryInput {
  /** Heading of the figures. */
  readonly section: string;
  readonly stream: Stream;
  readonly events: number;
  readonly load: WaitingLoad;
  readonly groups: Readonly<Record<string, number>>;
}

export interface DeliveryDependencies {
  readonly admin: ClickHouse;
  readonly reader: ClickHouse;
  readonly kafka: Kafka;
  readonly signal: AbortSignal;
}

/**
 * Releases the waiting load and takes the time until ClickHouse counts every event; then lets a bare kafkajs consumer,
 * which only counts, read the same records. The exact count, with FINAL, is checked after the clock has stopped.
 */
export async function measureDelivery(
  { section, stream, events, load, groups }: DeliveryInput,
  { admin, reader, kafka, signal }: DeliveryDependencies,
): Promise<Figure[]> {
  const before = await readUsage(groups);
  const startedAtMs = performance.now();
  await load.release();
  const waiting = { everyMs: POLL_MS, withinMs: WITHIN_MS, signal };
  await pollUntil(
    'delivery',
    () => countRecords(admin, stream),
    (count) => count >= events,
    waiting,
  );
  const durationMs = performance.now() - startedAtMs;
  const after = await readUsage(groups);
  await pollUntil(
    'exact count',
    () => countRecords(reader, stream),
    (count) => count === events,
    { ...waiting, withinMs: 10_000 },
  );

  const rate = (events / durationMs) * 1000;
  const plainRate = (events / (await consumePlainly(kafka, stream, events))) * 1000;
  const perMillion = 1_000_000 / events;
  return [
    { section, name: 'events', value: rate, unit: 'events/s', target: { is: 'above', value: 60_000 } },
    { section, name: 'a kafkajs consumer that only counts', value: plainRate, unit: 'events/s' },
    { section, name: 'share of the bare consumer', value: (rate / plainRate) * 100, unit: '%' },
    ...Object.keys(groups).map((name) => ({
      section,
      name: `processor time of ${name}`,
      value: ((after[name]?.cpuS ?? 0) - (before[name]?.cpuS ?? 0)) * perMillion,
      unit: 's per million',
    })),
  ];
}

/** Stored and rejected ones. `admin` counts what the parts hold, from their metadata; `query` reads with FINAL. */
async function countRecords(clickhouse: ClickHouse, { name, database, hotTable }: Stream): Promise<number> {
  const { rows } = await clickhouse.query<{ records: number }>(
    `SELECT (SELECT count() FROM ${database}.${hotTable}) +
       (SELECT count() FROM tidemark.dead_letters WHERE stream = {name:String}) AS records`,
    { name },
  );
  return rows[0]?.records ?? 0;
}

/** @returns milliseconds from the first batch to the last */
async function consumePlainly(kafka: Kafka, { name, topic }: Stream, events: number): Promise<number> {
  const consumer = kafka.consumer({ groupId: `tidemark-bench-${name}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let startedAtMs = 0;
  let seen = 0;
  const durationMs = await new Promise<number>((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          startedAtMs ||= performance.now();
          seen += batch.messages.length;
          if (seen >= events) resolve(performance.now() - startedAtMs);
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return durationMs;
}
