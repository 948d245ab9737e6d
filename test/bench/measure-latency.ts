import { setTimeout as sleep } from 'node:timers/promises';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { hotTailCondition, type Tidemark } from '@tidemark/platform/tidemark';
import type { Kafka } from 'kafkajs';
import { type Figure, toPercentiles } from './figure.ts';
import { produceSteadily } from './load.ts';

const SECTION = 'From event to answer, 500 events/s, 500 ms window';
const RATE_PER_SECOND = 500;
const DURATION_MS = 30_000;
const POLL_PAUSE_MS = 4;
const SETTLE_WITHIN_MS = 30_000;
const HOT_TABLE = `${retailEvents.database}.${retailEvents.hotTable}`;

/** At `atMs` a query counted every event below these offsets. */
interface Sighting {
  readonly atMs: number;
  readonly seen: Tidemark;
}

/** How long polls ask for the same range: a growing one would measure itself, a new one each time is parsed anew. */
const SAME_RANGE_MS = 1_000;

/**
 * Produces at a steady rate while one connection asks ClickHouse over and over, as the user `query`, which of the new
 * events it counts. An event's latency is from its timestamp in Kafka's log (LogAppendTime, before its acknowledgement)
 * to the end of the first poll that counts it and all before it in its partition.
 */
export async function measureLatency({
  reader,
  kafka,
  signal,
}: {
  readonly reader: ClickHouse;
  readonly kafka: Kafka;
  readonly signal: AbortSignal;
}): Promise<Figure[]> {
  const start = await readEndOffsets(kafka);
  const produced = produceSteadily(kafka, { ratePerSecond: RATE_PER_SECOND, durationMs: DURATION_MS, signal });
  const sightings = await watch(reader, start, produced, signal);
  const { answerMs, insertMs } = await attribute(reader, start, sightings);
  if (answerMs.length !== (await produced)) throw new Error(`${answerMs.length} of ${await produced} events were seen`);
  const figure = (name: string) => ({ section: SECTION, name, unit: 'ms' });
  return [
    ...toPercentiles(figure('event to answer'), answerMs, 99, {
      median: { is: 'below', value: 300 },
      high: { is: 'below', value: 600 },
    }),
    ...toPercentiles(figure('event to stored'), insertMs, 99),
    ...toPercentiles(figure('between polls'), intervalsOf(sightings), 99),
  ];
}

async function readEndOffsets(kafka: Kafka): Promise<Tidemark> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(retailEvents.topic);
  await admin.disconnect();
  return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
}

/** Polls until it has seen all that was produced. */
async function watch(
  reader: ClickHouse,
  start: Tidemark,
  producing: Promise<number>,
  signal: AbortSignal,
): Promise<Sighting[]> {
  let produced = Number.POSITIVE_INFINITY;
  let deadlineMs = Number.POSITIVE_INFINITY;
  const produce = producing.then((count) => {
    produced = count;
    deadlineMs = Date.now() + SETTLE_WITHIN_MS;
  });
  const sightings: Sighting[] = [];
  let range = { from: start, sinceMs: Date.now() };
  for (let seen = start; countBetween(start, seen) < produced; ) {
    signal.throwIfAborted();
    if (Date.now() > deadlineMs) throw new Error(`only ${countBetween(start, seen)} of ${produced} events arrived`);
    seen = await look(reader, range.from);
    const atMs = Date.now();
    sightings.push({ atMs, seen });
    if (atMs - range.sinceMs > SAME_RANGE_MS) range = { from: seen, sinceMs: atMs };
    await sleep(POLL_PAUSE_MS);
  }
  await produce;
  return sightings;
}

/** Our records have no gaps between them, so the count of those from an offset says up to where all are there. */
async function look(reader: ClickHouse, from: Tidemark): Promise<Tidemark> {
  const { rows } = await reader.query<{ partition: number; events: number }>(
    `SELECT _partition AS partition, count() AS events FROM ${HOT_TABLE}
     WHERE ${hotTailCondition(from)} GROUP BY partition`,
  );
  const seen = new Map(from);
  for (const { partition, events } of rows) seen.set(partition, (from.get(partition) ?? 0) + events);
  return seen;
}

function countBetween(from: Tidemark, to: Tidemark): number {
  return [...to].reduce((sum, [partition, offset]) => sum + offset - (from.get(partition) ?? 0), 0);
}

async function attribute(reader: ClickHouse, start: Tidemark, sightings: readonly Sighting[]) {
  const { rows } = await reader.query<{ partition: number; offset: number; appended: string; inserted: string }>(
    `SELECT _partition AS partition, _offset AS offset, _timestamp AS appended, inserted_at AS inserted
     FROM ${HOT_TABLE} WHERE ${hotTailCondition(start)} ORDER BY _partition, _offset`,
  );
  const answerMs: number[] = [];
  const insertMs: number[] = [];
  const nextSighting = new Map<number, number>();
  for (const { partition, offset, appended, inserted } of rows) {
    let index = nextSighting.get(partition) ?? 0;
    while ((sightings[index]?.seen.get(partition) ?? Number.POSITIVE_INFINITY) <= offset) index += 1;
    nextSighting.set(partition, index);
    const sighting = sightings[index];
    if (sighting === undefined) throw new Error(`no poll saw offset ${offset} of partition ${partition}`);
    const appendedAtMs = Date.parse(appended);
    answerMs.push(sighting.atMs - appendedAtMs);
    insertMs.push(Date.parse(inserted) - appendedAtMs);
  }
  return { answerMs, insertMs };
}

function intervalsOf(sightings: readonly Sighting[]): number[] {
  return sightings.slice(1).map(({ atMs }, index) => atMs - (sightings[index]?.atMs ?? atMs));
}
