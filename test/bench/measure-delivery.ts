import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Kafka } from 'kafkajs';
import { pollUntil } from './deadline.ts';
import type { Figure } from './figure.ts';
import type { WaitingLoad } from './load.ts';
import { readUsage } from './processes.ts';

const SECTION = 'From Kafka to queryable';
const HOT_TABLE = `${retailEvents.database}.${retailEvents.hotTable}`;
const POLL_MS = 50;
const WITHIN_MS = 10 * 60 * 1000;

export interface DeliveryInput {
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
  { events, load, groups }: DeliveryInput,
  { admin, reader, kafka, signal }: DeliveryDependencies,
): Promise<Figure[]> {
  const before = await readUsage(groups);
  const startedAtMs = performance.now();
  await load.release();
  const waiting = { everyMs: POLL_MS, withinMs: WITHIN_MS, signal };
  await pollUntil(
    'delivery',
    () => countRows(admin),
    (count) => count >= events,
    waiting,
  );
  const durationMs = performance.now() - startedAtMs;
  const after = await readUsage(groups);
  await pollUntil(
    'exact count',
    () => countRows(reader),
    (count) => count === events,
    { ...waiting, withinMs: 10_000 },
  );

  const rate = (events / durationMs) * 1000;
  const plainRate = (events / (await consumePlainly(kafka, events))) * 1000;
  const perMillion = 1_000_000 / events;
  return [
    { section: SECTION, name: 'events', value: rate, unit: 'events/s', target: { is: 'above', value: 60_000 } },
    { section: SECTION, name: 'a kafkajs consumer that only counts', value: plainRate, unit: 'events/s' },
    { section: SECTION, name: 'share of the bare consumer', value: (rate / plainRate) * 100, unit: '%' },
    ...Object.keys(groups).map((name) => ({
      section: SECTION,
      name: `processor time of ${name}`,
      value: ((after[name]?.cpuS ?? 0) - (before[name]?.cpuS ?? 0)) * perMillion,
      unit: 's per million',
    })),
  ];
}

/** `admin` counts what the parts hold, from their metadata; `query` reads with FINAL. */
async function countRows(clickhouse: ClickHouse): Promise<number> {
  const { rows } = await clickhouse.query<{ events: number }>(`SELECT count() AS events FROM ${HOT_TABLE}`);
  return rows[0]?.events ?? 0;
}

/** @returns milliseconds from the first batch to the last */
async function consumePlainly(kafka: Kafka, events: number): Promise<number> {
  const consumer = kafka.consumer({ groupId: 'tidemark-bench', maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: retailEvents.topic, fromBeginning: true });
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
