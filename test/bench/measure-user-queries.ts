import { userEvents } from '@tidemark/domains/user_events/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { Kafka } from 'kafkajs';
import type { Message } from '../../localstack/generators/producing/message.ts';
import { pollUntil } from './deadline.ts';
import { type Figure, percentile, toPercentiles } from './figure.ts';
import { DAY_MS, LOAD_DAYS, makeUserLoad, takeMessages } from './load.ts';
import { fetchOk, timeCalls } from './measure-queries.ts';

export interface UserQueryDependencies {
  readonly admin: ClickHouse;
  readonly reader: ClickHouse;
  readonly kafka: Kafka;
  readonly apiUrl: string;
  readonly signal: AbortSignal;
}

const BY_DAY = [
  'activity_totals',
  'daily_active_users',
  'conversion_rate',
  'events_per_source',
  'top_pages',
  'dau_growth',
];
const BY_MINUTE = ['events_per_minute', 'logins_per_source', 'purchases_per_minute'];
/** What a minute, the time from one compaction to the next, brings at the generator's 5 events a second and at 250. */
const HOT_TAILS = [300, 15_000];
/** Not the load's: its ids would count as repeats. */
const HOT_SEED = 2;
const HOUR_MS = 60 * 60 * 1000;
const PEER = 'default.bench_user_events';

/**
 * Times each query of user events through the API with gold and a hot tail, short and long, and two of the views against
 * the same statement over a bare MergeTree table that holds each event once: what exactness at every moment costs.
 */
export async function measureUserQueries(deps: UserQueryDependencies): Promise<Figure[]> {
  const { apiUrl, signal } = deps;
  const messages = makeUserLoad(Math.max(...HOT_TAILS), Date.now(), HOT_SEED);
  const nowMs = Date.now();
  const days = rangeOf(nowMs - LOAD_DAYS * DAY_MS, nowMs + DAY_MS, DAY_MS);
  const lastHour = rangeOf(nowMs - HOUR_MS, nowMs + HOUR_MS, 60_000);
  const figures: Figure[] = [];
  let inTail = 0;
  for (const tail of HOT_TAILS) {
    await addToHotTail(takeMessages(messages, tail - inTail), deps);
    inTail = tail;
    const section = `User events, through the API, ${tail} of them in the hot tail`;
    for (const [names, range, limitMs] of [
      [BY_DAY, days, 50],
      [BY_MINUTE, lastHour, 100],
    ] as const) {
      for (const name of names) {
        const url = `${apiUrl}/v1/queries/user_events/${name}?from=${range.from}&to=${range.to}`;
        const durations = await timeCalls(() => fetchOk(url), signal);
        figures.push(
          ...toPercentiles({ section, name, unit: 'ms' }, durations, 95, { median: { is: 'below', value: limitMs } }),
        );
      }
    }
  }
  return [...figures, ...(await compareWithPeer(deps, lastHour.from))];
}

/** Makes them events that only the hot table has. */
async function addToHotTail(messages: Message[], { reader, kafka, signal }: UserQueryDependencies): Promise<void> {
  const before = await countHot(reader);
  const producer = createProducer(kafka);
  await producer.connect();
  await producer.send({ topic: userEvents.topic, messages });
  await producer.disconnect();
  await pollUntil(
    'the hot tail',
    () => countHot(reader),
    (count) => count >= before + 0.95 * messages.length,
    { everyMs: 100, withinMs: 60_000, signal },
  );
}

async function compareWithPeer({ admin, signal }: UserQueryDependencies, lastHour: string): Promise<Figure[]> {
  await admin.command(
    `CREATE TABLE ${PEER} ENGINE = MergeTree ORDER BY timestamp AS
     SELECT event_id, user_id, event_type, page, timestamp, source FROM realtime.user_events_unified`,
  );
  const since = lastHour.replace('T', ' ').replace('Z', '');
  const pairs = {
    'events_per_minute of the last hour': [
      `SELECT window_start, event_type, event_count FROM realtime.events_per_minute WHERE window_start >= '${since}'`,
      `SELECT toStartOfMinute(timestamp) AS minute, event_type, count() FROM ${PEER} WHERE timestamp >= '${since}'
       GROUP BY minute, event_type`,
    ],
    daily_active_users: [
      'SELECT event_date, dau_count FROM gold.daily_active_users',
      `SELECT toDate(timestamp) AS day, uniqExact(user_id) FROM ${PEER} GROUP BY day`,
    ],
  };
  const section = 'User events, in SQL, against a bare MergeTree table';
  const figures: Figure[] = [];
  for (const [name, [live = '', bare = '']] of Object.entries(pairs)) {
    const liveMs = percentile(await timeCalls(async () => void (await admin.query(live)), signal), 0.5);
    const bareMs = percentile(await timeCalls(async () => void (await admin.query(bare)), signal), 0.5);
    figures.push(
      { section, name: `${name}, p50`, value: liveMs, unit: 'ms' },
      { section, name: `${name}, bare, p50`, value: bareMs, unit: 'ms' },
      { section, name: `${name}, live by bare`, value: liveMs / bareMs, unit: 'times' },
    );
  }
  await admin.command(`DROP TABLE ${PEER}`);
  return figures;
}

async function countHot(reader: ClickHouse): Promise<number> {
  const { rows } = await reader.query<{ events: number }>(
    'SELECT count() AS events FROM realtime.user_events_realtime',
  );
  return rows[0]?.events ?? 0;
}

/** Whole grains, as the API takes them. */
function rangeOf(fromMs: number, toMs: number, grainMs: number): { from: string; to: string } {
  const toText = (ms: number) => new Date(Math.floor(ms / grainMs) * grainMs).toISOString().replace('.000', '');
  return { from: toText(fromMs), to: toText(toMs) };
}
