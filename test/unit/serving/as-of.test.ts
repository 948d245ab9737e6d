import { describe, expect, it } from '@jest/globals';
import {
  findPastSnapshot,
  type PastSnapshot,
  parseAsOf,
  pinQuery,
  supportsAsOf,
} from '../../../functions/serving/query/as-of.ts';
import { declarations, domains } from '../../../layers/domains/index.ts';
import { findTables, replaceTables, selectAtSnapshot } from '../../../layers/platform/view-at-snapshot.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';

const NOW_MS = Date.parse('2026-11-21T12:00:00Z');
const past: PastSnapshot = {
  snapshot: 12,
  tidemark: new Map([[0, 7]]),
  historicalThrough: null,
  stored: 7,
  rejected: 0,
  openGaps: 0,
  lakeTable: 'lake.events_at_v12_abc',
  committedAt: '2026-11-20T10:00:00.000Z',
};
const queries = domains.flatMap((domain) => domain.queries);

describe('as_of', () => {
  it.each([
    ['2026-11-20', { atMs: Date.parse('2026-11-20T00:00:00Z') }],
    ['2026-11-20T10:00:00Z', { atMs: Date.parse('2026-11-20T10:00:00Z') }],
    ['snapshot:12', { snapshot: 12 }],
  ])('%s is understood', (text, asOf) => {
    expect(parseAsOf(text, NOW_MS)).toEqual(asOf);
  });

  it.each([
    '',
    'now',
    '2026-02-30',
    '2026-11-20T10:00:00+01:00',
    'snapshot:0',
    'snapshot:-1',
    'snapshot:1e3',
    '2026-11-22',
  ])('"%s" is refused, naming the field', (text) => {
    expect(() => parseAsOf(text, NOW_MS)).toThrow(
      expect.objectContaining({ status: 400, errors: [{ field: 'as_of', message: expect.any(String) }] }),
    );
  });

  it('of a day that the calendar does not have is told so', () => {
    expect(() => parseAsOf('2026-02-30', NOW_MS)).toThrow('must be a date and a time that the calendar has');
  });

  it('of an erased or aged snapshot is gone, although an older one is there', async () => {
    const clickhouse = createRecordingClickHouse({
      lake_snapshots: [{ snapshot: 12, tidemark: {}, is_readable: false }],
    });
    const finding = findPastSnapshot(clickhouse, 'retail_events', { atMs: NOW_MS }, 20);
    await expect(finding).rejects.toMatchObject({ status: 410 });
  });
});

describe('a view at a snapshot', () => {
  it.each(
    declarations.flatMap(({ stream, views, gold }) => [
      ...views.map(({ name, view }) => [name, stream, { name, template: view }] as const),
      ...gold.map(({ name, view, contribution }) => [name, stream, { name, template: view, contribution }] as const),
    ]),
  )('%s reads the lake and no published state', (_name, stream, view) => {
    const select = selectAtSnapshot(view, { ...past, stream });
    expect(select).toContain('lake.events_at_v12_abc');
    expect(select).not.toMatch(/\{\{|CREATE|COMMENT|throwIf/);
  });

  it('refuses a template of another shape', () => {
    const view = { name: 'a.b', template: 'CREATE VIEW a.b AS SELECT 1' };
    expect(() => selectAtSnapshot(view, { ...past, stream: { database: 'a', hotTable: 'h', columns: [] } })).toThrow(
      'a.b',
    );
  });
});

describe('tables of a statement', () => {
  it('are those after FROM and JOIN, not of comments, functions or columns', () => {
    const sql =
      '-- FROM no.table\nSELECT a.b FROM x.one AS o JOIN y.two ON o.id = two.id, extract(DAY FROM o.at) FROM z.f(1)';
    expect(findTables(sql)).toEqual(['x.one', 'y.two']);
  });

  it('are replaced under the name by which the statement calls them', () => {
    const replaced = replaceTables(
      'SELECT o.a, two.b FROM x.one AS o JOIN y.two ON true',
      (table) => `SELECT ${table.length}`,
    );
    expect(replaced).toBe('SELECT o.a, two.b FROM (SELECT 5) AS o JOIN (SELECT 5) AS two ON true');
  });
});

describe('a pinned query', () => {
  it('follows views on published views, and reads nothing else', async () => {
    const query = queries.find(({ name }) => name === 'daily_active_users');
    if (query === undefined) throw new Error('no such query');
    const clickhouse = createRecordingClickHouse({
      as_select: [{ as_select: 'SELECT event_date, 1 AS dau_count FROM gold.user_activity_daily' }],
    });
    const sql = await pinQuery(query, past, domains, clickhouse);
    expect(sql).toContain('lake.events_at_v12_abc');
    expect(findTables(sql).filter((table) => !table.startsWith('lake.') && !/_gold$|_realtime$/.test(table))).toEqual(
      [],
    );
  });

  it.each(queries.filter(({ sql }) => /_realtime FINAL/.test(sql)).map((query) => [query.name, query] as const))(
    '%s has none: the lake does not hold what it reads',
    async (_name, query) => {
      expect(supportsAsOf(query, domains)).toBe(false);
      const pinning = pinQuery(query, past, domains, createRecordingClickHouse());
      await expect(pinning).rejects.toMatchObject({
        status: 400,
        errors: [{ field: 'as_of', message: expect.any(String) }],
      });
    },
  );
});
