import { describe, expect, it } from '@jest/globals';
import type { Completeness } from '../../../functions/serving/completeness/read-completeness.ts';
import { answerQuery, type QueryRequest } from '../../../functions/serving/query/answer-query.ts';
import { metaSchema } from '../../../functions/serving/query/schemas.ts';
import { domains } from '../../../layers/domains/index.ts';
import { type ClickHouse, ClickHouseUnavailable } from '../../../layers/platform/clickhouse.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';

const STALE_VIEW = new ClickHouseUnavailable('Code: 395. below the floor', '395', undefined);

const newest: Completeness = {
  publication: {
    snapshot: 9,
    tidemark: new Map([
      [0, 120],
      [1, 7],
    ]),
    historicalThrough: '2026-11-21T12:00:00.000Z',
    stored: 125,
    openGaps: 0,
  },
  realtimeThrough: '2026-11-21T12:00:05.000Z',
  lagRecords: 3,
  rejected: 2,
  positions: [],
  quality: 'ok',
};

const olderPublication = {
  snapshot: 8,
  tidemark: { '0': 100 },
  historical_through: '2026-11-21T11:59:00.000Z',
  stored: 100,
  open_gaps: 4,
};

function ask(request: Partial<QueryRequest>, clickhouse: ClickHouse, completeness: Partial<Completeness> = {}) {
  const readCompleteness = async () => ({ ...newest, ...completeness });
  const whole = { domain: 'retail_events', query: 'sales_by_store', parameters: {}, ...request };
  return answerQuery(domains, whole, { clickhouse, readCompleteness, clock: () => 0 });
}

/** Fails so many times with a view below the floor, then answers. */
function createStaleClickHouse(failures: number): ClickHouse & { attempts: () => number } {
  let attempts = 0;
  return {
    ...createRecordingClickHouse(),
    attempts: () => attempts,
    query: async <T>() => {
      attempts += 1;
      if (attempts <= failures) throw STALE_VIEW;
      return { rows: [{ store_id: 1, _snapshot: 9 }] as T[], rowsRead: 5 };
    },
  };
}

describe('an answer', () => {
  it('has its rows without their snapshot, and the completeness of that snapshot', async () => {
    const clickhouse = createRecordingClickHouse({ hourly_sales_summary: [{ store_id: 1, _snapshot: 9 }] });

    const { data, meta } = await ask({}, clickhouse);

    expect(data).toEqual([{ store_id: 1 }]);
    expect(meta).toEqual({
      historical_through: '2026-11-21T12:00:00.000Z',
      realtime_through: '2026-11-21T12:00:05.000Z',
      snapshot: 9,
      tidemark: { retail_events: { '0': 120, '1': 7 } },
      lag_records: 3,
      open_gaps: 0,
      rejected: 2,
      quality: 'ok',
      elapsed_ms: 0,
      rows_read: 0,
    });
    expect(metaSchema.parse(meta)).toEqual(meta);
  });

  it('from an older snapshot than the newest says what that one holds', async () => {
    const clickhouse = createRecordingClickHouse({
      hourly_sales_summary: [{ store_id: 1, _snapshot: 8 }],
      'tidemark.publications': [olderPublication],
    });

    const { meta } = await ask({}, clickhouse);

    expect(meta).toMatchObject({
      snapshot: 8,
      tidemark: { retail_events: { '0': 100 } },
      historical_through: '2026-11-21T11:59:00.000Z',
      realtime_through: '2026-11-21T12:00:05.000Z',
      open_gaps: 4,
    });
  });

  it('from a snapshot that was published meanwhile is complete at least up to that one', async () => {
    const later = { ...olderPublication, snapshot: 10, historical_through: '2026-11-21T12:00:09.000Z' };
    const clickhouse = createRecordingClickHouse({
      hourly_sales_summary: [{ store_id: 1, _snapshot: 10 }],
      'tidemark.publications': [later],
    });

    const { meta } = await ask({}, clickhouse);

    expect([meta.historical_through, meta.realtime_through]).toEqual([
      later.historical_through,
      later.historical_through,
    ]);
  });

  it('without rows states the newest snapshot', async () => {
    const { data, meta } = await ask({}, createRecordingClickHouse());

    expect([data, meta.snapshot, meta.lag_records]).toEqual([[], 9, 3]);
  });

  it('says null where Kafka does not say the lag', async () => {
    const { meta } = await ask({}, createRecordingClickHouse(), { lagRecords: null });

    expect(meta.lag_records).toBeNull();
    expect(metaSchema.parse(meta)).toEqual(meta);
  });

  it('is tried again when the view was replaced under the query', async () => {
    const clickhouse = createStaleClickHouse(2);

    const { data } = await ask({}, clickhouse);

    expect([data, clickhouse.attempts()]).toEqual([[{ store_id: 1 }], 3]);
  });

  it('is given up after three stale views', async () => {
    const clickhouse = createStaleClickHouse(3);

    await expect(ask({}, clickhouse)).rejects.toBe(STALE_VIEW);
    expect(clickhouse.attempts()).toBe(3);
  });
});

describe('a request that cannot be answered', () => {
  const silent = createRecordingClickHouse();

  it.each([
    [
      'an unknown domain',
      { domain: 'wholesale' },
      'domain',
      `There is no domain "wholesale": ${domains.map(({ name }) => name).join(', ')}.`,
    ],
    ['an unknown query', { query: 'sales_by_moon' }, 'query', 'retail_events has no query "sales_by_moon"'],
  ])('is a 404 for %s, which names what there is', async (_what, request, field, detail) => {
    await expect(ask(request, silent)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining(detail),
      errors: [{ field, message: expect.stringMatching(/^must be one of \w+, /) }],
    });
  });

  it.each([
    ['a limit of zero', { limit: '0' }, ['limit']],
    ['a limit that is no number', { limit: 'many' }, ['limit']],
    ['a limit in hexadecimal', { limit: '0x10' }, ['limit']],
    ['a limit in scientific notation', { limit: '1e2' }, ['limit']],
    ['a store that is a blank', { store_id: ' ' }, ['store_id']],
    ['a moment given twice', { as_of: ['2026-11-20', '2026-11-21'] }, ['as_of']],
    ['an empty moment', { as_of: '' }, ['as_of']],
    ['a day that does not exist', { from: '2026-02-30' }, ['from']],
    ['a time that is no whole hour', { from: '2026-11-20T10:30:00Z' }, ['from']],
    ['a range that ends before it begins', { from: '2026-11-21', to: '2026-11-20' }, ['to']],
    ['an unknown transaction type', { transaction_type: 'GIFT' }, ['transaction_type']],
    ['an unknown parameter', { shop: '1' }, ['shop']],
    ['an empty parameter', { category: '' }, ['category']],
    ['what is not UTF-8', { category: '\ufffd\ufffd' }, ['category']],
    ['a number beyond all integers', { store_id: '99999999999999999999' }, ['store_id']],
    ['a repeated parameter', { limit: ['5', '10'] }, ['limit']],
    ['several at once', { limit: 'x', from: 'y' }, ['from', 'limit']],
  ])('is a 400 that names the field for %s', async (_what, given, fields) => {
    const parameters = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value].flat()]));

    const problem = await ask({ parameters }, silent).catch((error: unknown) => error);

    expect(problem).toMatchObject({ status: 400, errors: fields.map((field) => ({ field })) });
  });

  it.each([
    ['2026-02-30', 'must be a date and a time that the calendar has'],
    ['2026-13-01', 'must be a date and a time that the calendar has'],
    ['1969-12-31', 'must be a moment between 1970-01-01 and 2106-02-07'],
  ])('says of %s what is wrong with it', async (day, message) => {
    const problem = await ask({ parameters: { from: [day] } }, silent).catch((error: unknown) => error);

    expect(problem).toMatchObject({ status: 400, errors: [{ field: 'from', message }] });
  });

  it.each(['2020-01-01', 'snapshot:1', 'yesterday'])(
    'is a 400 for the past of what only the hot table knows, whatever the lake has kept: %s',
    async (asOf) => {
      const asking = ask({ query: 'latest_events', parameters: { as_of: [asOf] } }, silent);

      await expect(asking).rejects.toMatchObject({
        status: 400,
        errors: [{ field: 'as_of', message: expect.stringContaining('is no parameter of latest_events') }],
      });
    },
  );
});
