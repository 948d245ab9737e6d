import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/**
 * Named queries read gold and the hot tail; the reference reads every event of the unified view. For random ranges and
 * filters both come to the same rows, whatever of the events lies where.
 */

const RUNS_PER_QUERY = 8;
const HISTORY_EVENTS = 6_000;
const HOUR_MS = 3_600_000;
/** Each run of the tests asks the same. */
const SEED = 20_261_121;

const SUMS = `count() AS transaction_count, sum(toInt64(quantity)) AS total_quantity,
  sum(CAST(unit_price, 'Decimal(38, 4)') * quantity) AS total_revenue`;
const AVERAGE = "CAST(sum(CAST(unit_price, 'Decimal(38, 4)')) / count(), 'Decimal(38, 4)') AS avg_unit_price";
const BY_TYPE = 'AND transaction_type = {transaction_type:String}';
const BY_STORE = 'AND (isNull({store_id:Nullable(Int32)}) OR store_id = {store_id:Nullable(Int32)})';
const BY_CATEGORY = 'AND (isNull({category:Nullable(String)}) OR category = {category:Nullable(String)})';

interface Reference {
  /** Hours or days: the grain that the query's range must have. */
  readonly grainHours: number;
  readonly filters: readonly ('transaction_type' | 'store_id' | 'category')[];
  /** Columns, then what follows the range. */
  readonly columns: string;
  readonly groupAndOrder: string;
  readonly hasLimit: boolean;
  readonly defaultLimit: number;
}

const references: Record<string, Reference> = {
  sales_totals: {
    grainHours: 1,
    filters: [],
    columns: `transaction_type, ${SUMS}`,
    groupAndOrder: 'GROUP BY transaction_type ORDER BY transaction_type',
    hasLimit: false,
    defaultLimit: 10000,
  },
  sales_by_category: {
    grainHours: 1,
    filters: ['transaction_type', 'store_id'],
    columns: `category, transaction_type, ${SUMS}, ${AVERAGE}`,
    groupAndOrder: `${BY_TYPE} ${BY_STORE} GROUP BY category, transaction_type ORDER BY total_revenue DESC, category`,
    hasLimit: true,
    defaultLimit: 100,
  },
  sales_by_store: {
    grainHours: 1,
    filters: ['transaction_type', 'category'],
    columns: `store_id, ${SUMS}`,
    groupAndOrder: `${BY_TYPE} ${BY_CATEGORY} GROUP BY store_id ORDER BY total_revenue DESC, store_id`,
    hasLimit: true,
    defaultLimit: 1000,
  },
  hourly_sales_trend: {
    grainHours: 1,
    filters: ['transaction_type', 'store_id', 'category'],
    columns: `toStartOfHour(event_time) AS hour, ${SUMS}`,
    groupAndOrder: `${BY_TYPE} ${BY_STORE} ${BY_CATEGORY} GROUP BY hour ORDER BY hour DESC`,
    hasLimit: true,
    defaultLimit: 1000,
  },
  product_performance: {
    grainHours: 24,
    filters: ['transaction_type', 'category'],
    columns: `product_id, category, ${SUMS}, ${AVERAGE}`,
    groupAndOrder: `${BY_TYPE} ${BY_CATEGORY} GROUP BY product_id, category
      ORDER BY total_revenue DESC, product_id, category`,
    hasLimit: true,
    defaultLimit: 100,
  },
};

const filterArbitraries = {
  transaction_type: fc.constantFrom('SALE', 'RETURN', 'RESTOCK'),
  store_id: fc.integer({ min: 1, max: 11 }),
  category: fc.constantFrom('Electronics', 'Books', 'Home', 'Nothing'),
};

let stack: TestStack;
let earliestMs: number;

beforeAll(async () => {
  stack = await startTestStack();
  await generate('--months', '2', '--count', String(HISTORY_EVENTS), '--seed', '1');
  const { rows } = await stack.reader.query<{ earliest: string }>(
    'SELECT min(event_time) AS earliest FROM retail.retail_events_unified',
  );
  earliestMs = Date.parse(rows[0]?.earliest as string);
}, 300_000);

afterAll(async () => {
  await stack?.stop();
}, 60_000);

describe.each([
  ['all events are hot', async () => {}],
  ['the lake and gold hold some, the hot table others', compactThenGenerateMore],
  ['the lake is ahead of gold', compactAll],
  ['gold holds all', refreshGold],
])('when %s', (_situation, arrange) => {
  beforeAll(arrange, 120_000);

  it.each(Object.entries(references))(
    '%s equals SQL over the unified view',
    async (name, reference) => {
      let rowsCompared = 0;
      await fc.assert(
        fc.asyncProperty(parametersOf(reference), async (parameters) => {
          const [data, expected] = await Promise.all([ask(name, parameters), compute(reference, parameters)]);
          expect(data).toEqual(expected);
          rowsCompared += expected.length;
        }),
        { numRuns: RUNS_PER_QUERY, seed: SEED, endOnFailure: true },
      );
      expect(rowsCompared).toBeGreaterThan(0);
    },
    120_000,
  );
});

interface Parameters {
  readonly from: Date | null;
  readonly to: Date | null;
  readonly limit: number | null;
  readonly transaction_type: string | null;
  readonly store_id: number | null;
  readonly category: string | null;
}

/** Each parameter given or left out; the range within the history, in whole grains. */
function parametersOf({ grainHours, filters, hasLimit }: Reference): fc.Arbitrary<Parameters> {
  const grainMs = grainHours * HOUR_MS;
  const firstMs = Math.floor(earliestMs / grainMs) * grainMs;
  const grains = Math.ceil((Date.now() - firstMs) / grainMs);
  const filter = (name: keyof typeof filterArbitraries) =>
    filters.includes(name) ? fc.option(filterArbitraries[name] as fc.Arbitrary<never>) : fc.constant(null);
  return fc
    .record({
      start: fc.integer({ min: 0, max: grains - 1 }),
      length: fc.integer({ min: 1, max: grains }),
      isFromGiven: fc.boolean(),
      isToGiven: fc.boolean(),
      limit: hasLimit ? fc.option(fc.integer({ min: 1, max: 50 })) : fc.constant(null),
      transaction_type: filter('transaction_type'),
      store_id: filter('store_id'),
      category: filter('category'),
    })
    .map(({ start, length, isFromGiven, isToGiven, ...rest }) => ({
      from: isFromGiven ? new Date(firstMs + start * grainMs) : null,
      to: isToGiven ? new Date(firstMs + (start + length) * grainMs) : null,
      ...rest,
    }));
}

async function ask(name: string, { from, to, ...rest }: Parameters): Promise<unknown> {
  const given = { from: from?.toISOString(), to: to?.toISOString(), ...rest };
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  const query = new URLSearchParams(entries.map(([key, value]): [string, string] => [key, String(value)]));
  const { status, body } = await stack.get(`/v1/queries/retail_events/${name}?${query}`);
  expect({ status, body }).toMatchObject({ status: 200 });
  return (body as { data: unknown }).data;
}

async function compute(
  { columns, groupAndOrder, defaultLimit }: Reference,
  parameters: Parameters,
): Promise<unknown[]> {
  const sql = `SELECT ${columns} FROM retail.retail_events_unified
    WHERE event_time >= {from:DateTime('UTC')} AND event_time < {to:DateTime('UTC')} ${groupAndOrder}
    LIMIT {limit:UInt32}`;
  const { rows } = await stack.reader.query(sql, {
    ...parameters,
    from: parameters.from ?? new Date(0),
    to: parameters.to ?? new Date('2100-01-01'),
    limit: parameters.limit ?? defaultLimit,
    transaction_type: parameters.transaction_type ?? 'SALE',
  });
  return rows;
}

async function generate(...options: string[]): Promise<void> {
  const before = await countEvents();
  const { code, output } = await stack.run('generate', 'retail_events', ...options);
  expect({ code, output }).toMatchObject({ code: 0 });
  const count = Number(options[options.indexOf('--count') + 1]);
  await waitUntil(async () => (await countEvents()) === before + count, { withinMs: 60_000, everyMs: 100 });
}

async function compactThenGenerateMore(): Promise<void> {
  await compactAll();
  await refreshGold();
  await generate('--months', '1', '--count', '1500', '--seed', '2');
}

/** Until nothing is left above the tidemark: a trigger may commit a moment after its events are there. */
async function compactAll(): Promise<void> {
  await waitUntil(
    async () => {
      await stack.invoke('compact');
      return (await countEvents("WHERE source = 'realtime'")) === 0;
    },
    { withinMs: 60_000, everyMs: 200 },
  );
}

async function refreshGold(): Promise<void> {
  await stack.invoke('refreshGold');
}

async function countEvents(where = ''): Promise<number> {
  const { rows } = await stack.reader.query<{ events: number }>(
    `SELECT count() AS events FROM retail.retail_events_unified ${where}`,
  );
  return rows[0]?.events ?? 0;
}
