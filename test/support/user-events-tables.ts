import type { ClickHouse } from '@tidemark/platform/clickhouse';

/** What test/support/expected-user-events.py prints. */
export interface ExpectedUserEvents {
  readonly records: number;
  readonly valid: number;
  readonly rejected: Readonly<Record<string, number>>;
  /** Valid records that are no event, because their id counts already. */
  readonly repeats: number;
  /** Repeats that say something else than their event. */
  readonly conflicts: number;
  /** Records below the last tidemark. */
  readonly bronze: number;
  /** Events below each tidemark. */
  readonly silver_by_snapshot: readonly number[];
  readonly fact_events: { readonly count: number; readonly checksum: string };
  /** By day, milliseconds since 1970: `updated_at` is in between, whichever copy of the last event counts. */
  readonly updated_at_range: Readonly<Record<string, readonly [earliest: number, latest: number]>>;
  /** Sorted lines. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

/** Columns of each table in the order of the expectation's lines. */
const TABLES: Readonly<Record<string, { readonly from: string; readonly columns: readonly string[] }>> = {
  events_per_minute: {
    from: 'realtime.events_per_minute',
    columns: ['window_start', 'window_end', 'event_type', 'event_count'],
  },
  logins_per_source: {
    from: 'realtime.logins_per_source',
    columns: ['window_start', 'window_end', 'source', 'login_count'],
  },
  purchases_per_minute: {
    from: 'realtime.purchases_per_minute',
    columns: ['window_start', 'window_end', 'purchase_count'],
  },
  daily_active_users: { from: 'gold.daily_active_users', columns: ['event_date', 'dau_count'] },
  conversion_rate_daily: {
    from: 'gold.conversion_rate_daily',
    columns: ['event_date', 'toInt64(floor(conversion_rate * 1e9))', 'total_purchases', 'dau_count', 'unique_buyers'],
  },
  events_per_source_daily: { from: 'gold.events_per_source_daily', columns: ['event_date', 'source', 'event_count'] },
  purchases_per_page_daily: {
    from: 'gold.purchases_per_page_daily',
    columns: ['event_date', 'page', 'purchase_count'],
  },
  dim_users: {
    from: 'gold.dim_users',
    columns: [
      'user_id',
      'first_seen',
      'last_seen',
      'active_days',
      'event_count',
      'login_count',
      'click_count',
      'purchase_count',
      'logout_count',
    ],
  },
  dim_pages: {
    from: 'gold.dim_pages',
    columns: ['page', 'first_seen', 'last_seen', 'event_count', 'purchase_count'],
  },
  dim_date: {
    from: 'gold.dim_date',
    columns: [
      'event_date',
      'year',
      'quarter',
      'month',
      'month_name',
      'iso_week',
      'day_of_month',
      'day_of_week',
      'day_name',
      'is_weekend',
    ],
  },
};

const FACTS = `SELECT count() AS count, toString(sum(halfMD5(arrayStringConcat([event_id, toString(event_date),
  toString(user_id), page, event_type, source, toString(timestamp)], '\\t')))) AS checksum FROM gold.fact_events`;

const SHOWN_LINES = 5;

/**
 * Holds every table that people read against the expectation.
 *
 * @returns what differs, by table: empty where nothing does
 */
export async function findDifferences(admin: ClickHouse, expected: ExpectedUserEvents): Promise<object> {
  const differences: Record<string, unknown> = {};
  for (const [name, { from, columns }] of Object.entries(TABLES)) {
    const line = `arrayStringConcat([${columns.map((column) => `toString(${column})`).join(', ')}], '\\t')`;
    const { rows } = await admin.query<{ line: string }>(`SELECT ${line} AS line FROM ${from}`);
    const difference = compareLines(
      rows.map((row) => row.line),
      expected.tables[name] ?? [],
    );
    if (difference !== undefined) differences[name] = difference;
  }
  const facts = (await admin.query<ExpectedUserEvents['fact_events']>(FACTS)).rows[0];
  const { count, checksum } = expected.fact_events;
  if (facts?.count !== count || facts.checksum !== checksum)
    differences.fact_events = { facts, expected: { count, checksum } };
  const late = await findWrongUpdates(admin, expected);
  if (late.length > 0) differences.updated_at = late;
  return differences;
}

/** Reason and number of the dead letters, in the order of the reasons. */
export async function countRejected(admin: ClickHouse): Promise<Record<string, number>> {
  const { rows } = await admin.query<{ reason: string; records: number }>(
    `SELECT reason, count() AS records FROM tidemark.dead_letters FINAL WHERE stream = 'user_events'
     GROUP BY reason ORDER BY reason`,
  );
  return Object.fromEntries(rows.map(({ reason, records }) => [reason, records]));
}

function compareLines(found: readonly string[], expected: readonly string[]): object | undefined {
  const known = new Set(expected);
  const seen = new Set(found);
  const unexpected = found.filter((line) => !known.has(line));
  const missing = expected.filter((line) => !seen.has(line));
  if (unexpected.length + missing.length === 0 && found.length === expected.length) return undefined;
  return {
    rows: { found: found.length, expected: expected.length },
    unexpected: { lines: unexpected.length, some: unexpected.slice(0, SHOWN_LINES) },
    missing: { lines: missing.length, some: missing.slice(0, SHOWN_LINES) },
  };
}

async function findWrongUpdates(admin: ClickHouse, { updated_at_range }: ExpectedUserEvents): Promise<object[]> {
  const { rows } = await admin.query<{ day: string; updated_ms: number }>(
    'SELECT toString(event_date) AS day, toUnixTimestamp(updated_at) * 1000 AS updated_ms FROM gold.daily_active_users',
  );
  return rows.flatMap(({ day, updated_ms }) => {
    const [earliest, latest] = updated_at_range[day] ?? [Number.NaN, Number.NaN];
    // Whole seconds.
    return updated_ms > earliest - 1_000 && updated_ms <= latest ? [] : [{ day, updated_ms, earliest, latest }];
  });
}
