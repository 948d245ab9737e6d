import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { type Figure, type Target, toPercentiles } from './figure.ts';
import { DAY_MS, LOAD_DAYS } from './load.ts';

const VIEWS = ['sales_by_category', 'sales_by_store', 'hourly_sales_trend', 'product_performance'];
const WARM_UP_CALLS = 5;
const CALLS = 40;

export interface QueryDependencies {
  readonly reader: ClickHouse;
  readonly apiUrl: string;
  /** Where the load ends, milliseconds since 1970 UTC, a whole day. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** Times the four views in SQL and as HTTP queries, and raw unified rows; one call after the other, warm. */
export async function measureQueries({ reader, apiUrl, untilMs, signal }: QueryDependencies): Promise<Figure[]> {
  const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  const day = toDay(untilMs - 2 * DAY_MS);
  const nextDay = toDay(untilMs - DAY_MS);
  const range = `from=${toDay(untilMs - LOAD_DAYS * DAY_MS)}&to=${toDay(untilMs + DAY_MS)}`;
  const select = (sql: string) => async () => void (await reader.query(sql));
  const figures: Figure[] = [];
  const measure = async (section: string, name: string, call: () => Promise<void>, target?: Target) => {
    const durations = await timeCalls(call, signal);
    figures.push(...toPercentiles({ section, name, unit: 'ms' }, durations, 95, target && { median: target }));
  };
  for (const view of VIEWS) await measure('Views, in SQL', view, select(`SELECT * FROM retail.${view}`));
  const unified = 'Raw unified rows, in SQL';
  await measure(unified, 'count of all', select('SELECT count() FROM retail.retail_events_unified'));
  await measure(
    unified,
    'one day, grouped',
    select(
      `SELECT store_id, category, count(), sum(quantity), sum(quantity * unit_price) FROM retail.retail_events_unified
       WHERE event_time >= '${day} 00:00:00' AND event_time < '${nextDay} 00:00:00' GROUP BY store_id, category`,
    ),
    { is: 'below', value: 250 },
  );
  for (const view of VIEWS) {
    const url = `${apiUrl}/v1/queries/retail_events/${view}?${range}`;
    await measure('Views, through the API', view, () => fetchOk(url), { is: 'below', value: 50 });
  }
  return figures;
}

/** Durations in milliseconds of calls one after the other, after some to warm up. */
export async function timeCalls(call: () => Promise<void>, signal: AbortSignal): Promise<number[]> {
  for (let made = 0; made < WARM_UP_CALLS; made += 1) await call();
  const durationsMs: number[] = [];
  for (let made = 0; made < CALLS; made += 1) {
    signal.throwIfAborted();
    const startedAtMs = performance.now();
    await call();
    durationsMs.push(performance.now() - startedAtMs);
  }
  return durationsMs;
}

/** @throws Error with the answer where it is no success */
export async function fetchOk(url: string): Promise<void> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
}
