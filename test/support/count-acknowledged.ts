import type { ClickHouse } from '@tidemark/platform/clickhouse';

/** How the unified view and gold account for events that Kafka acknowledged. */
export interface Account {
  /** Acknowledged events that the view does not have. */
  readonly missing: string[];
  /** `event_id`s that the view has more than once. */
  readonly repeated: string[];
  readonly unifiedCount: number;
  /** Events, units and revenue by the unified view, by each gold view in turn: all must be the same. */
  readonly sums: readonly string[];
}

const EVENT_SUMS = `concat(toString(count()), ' ', toString(sum(toInt64(quantity))), ' ',
  toString(sum(CAST(unit_price, 'Decimal(38, 4)') * quantity)))`;
const GOLD_SUMS = `concat(toString(sum(g.transaction_count)), ' ', toString(sum(g.total_quantity)), ' ',
  toString(sum(g.total_revenue)))`;
const GOLD = [
  'daily_sales_summary',
  'hourly_sales_summary',
  'daily_product_performance',
  'product_performance_summary',
];

/** Compares what is answered with what was acknowledged. To be asked while nothing is produced. */
export async function accountFor(acknowledged: ReadonlySet<string>, reader: ClickHouse): Promise<Account> {
  const { rows } = await reader.query<{ event_id: string; times: number }>(
    'SELECT event_id, count() AS times FROM retail.retail_events_unified WHERE isNotNull(event_id) GROUP BY event_id',
  );
  const found = new Map(rows.map(({ event_id, times }) => [event_id, times]));
  const sources = [
    `SELECT ${EVENT_SUMS} AS sums FROM retail.retail_events_unified`,
    ...GOLD.map((view) => `SELECT ${GOLD_SUMS} AS sums FROM retail.${view} AS g`),
  ];
  const answers = await Promise.all(sources.map((sql) => reader.query<{ sums: string }>(sql)));
  return {
    missing: [...acknowledged].filter((id) => !found.has(id)),
    repeated: rows.filter(({ times }) => times > 1).map(({ event_id }) => event_id),
    unifiedCount: rows.reduce((sum, { times }) => sum + times, 0),
    sums: answers.map((answer) => answer.rows[0]?.sums ?? 'no answer'),
  };
}
