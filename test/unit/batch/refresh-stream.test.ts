import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type RefreshDependencies, refreshStream } from '../../../functions/batch/refresh-gold/refresh-stream.ts';
import type { StreamDeclaration } from '../../../layers/domains/domain.ts';
import type { ClickHouse } from '../../../layers/platform/clickhouse.ts';
import { createWorld, declaration, produceDelivered, silentLog, type World } from '../../support/compaction.ts';
import { salesOf } from '../../support/retail-records.ts';

const [first] = declaration.gold;
if (first === undefined) throw new Error('no gold table');
const oneTable: StreamDeclaration = { ...declaration, gold: [first] };

/** A live gold view: the segments that it names, and from which offsets of partition 0 it reads the hot table. */
interface GoldView {
  readonly segments: readonly string[];
  readonly snapshot: number;
  readonly hotFrom: number;
}

/** A ClickHouse that keeps segments with their ranges of partition 0, the refresh log and the view. */
function createGoldStore() {
  const segments = new Map<string, (readonly [from: number, to: number])[]>();
  const refreshes: Record<string, unknown>[] = [];
  const views: GoldView[] = [];
  const publications: number[] = [];
  const newestOf = ({ gold, definition }: Record<string, unknown>) =>
    refreshes
      .filter((refresh) => refresh.gold === gold && refresh.definition === definition)
      .reduce<Record<string, unknown>[]>((best, refresh) => {
        return best[0] === undefined || Number(refresh.snapshot) >= Number(best[0].snapshot) ? [refresh] : best;
      }, []);
  const insertSegment = (sql: string) => {
    const [, segment = ''] = /SELECT toUUID\('([^']+)'\), \d+/.exec(sql) ?? [];
    const folded = /segment IN \(([^)]*(?:\)[^)]*?)*?)\) GROUP BY/.exec(sql)?.[1];
    const range = /_partition = 0 AND _offset >= (\d+) AND _offset < (\d+)/.exec(sql);
    const ranges =
      folded === undefined
        ? [[Number(range?.[1]), Number(range?.[2])] as const]
        : uuidsIn(folded).flatMap((uuid) => segments.get(uuid) ?? []);
    segments.set(segment, ranges);
  };
  const clickhouse: ClickHouse = {
    query: async <T>(sql: string, params: Record<string, unknown> = {}) => ({
      rows: (sql.includes('tidemark.gold_refreshes') ? newestOf(params) : []) as T[],
      rowsRead: 0,
    }),
    command: async (sql) => {
      if (sql.startsWith('INSERT INTO')) insertSegment(sql);
      if (sql.includes('CREATE OR REPLACE VIEW')) views.push(readView(sql));
    },
    insert: async (table, columns, rows) => {
      const values = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
      if (table === 'tidemark.gold_refreshes') refreshes.push(...values);
      if (table === 'tidemark.publications') publications.push(...values.map(({ snapshot }) => Number(snapshot)));
    },
    close: async () => {},
  };
  return {
    clickhouse,
    refreshes,
    views,
    publications,
    /** The ranges that the live view reads: of its segments, in order, and then of the hot table. */
    readLiveRanges() {
      const view = views.at(-1);
      const ofSegments = (view?.segments ?? []).flatMap((segment) => segments.get(segment) ?? []);
      return [...ofSegments, [view?.hotFrom, 'hot'] as const];
    },
  };
}

function readView(sql: string): GoldView {
  return {
    segments: uuidsIn(sql),
    snapshot: Number(/toUInt64\((\d+)\) AS `_snapshot`/.exec(sql)?.[1]),
    hotFrom: Number(/_partition = 0 AND _offset >= (\d+)/.exec(sql)?.[1] ?? 0),
  };
}

function uuidsIn(sql: string): string[] {
  return [...sql.matchAll(/toUUID\('([^']+)'\)/g)].map(([, uuid = '']) => uuid);
}

let world: World;
let gold: ReturnType<typeof createGoldStore>;
let deps: RefreshDependencies;

beforeEach(() => {
  world = createWorld();
  gold = createGoldStore();
  const { store } = world;
  deps = { clickhouse: gold.clickhouse, store, clock: () => world.time.nowMs, newId: randomUUID, log: silentLog };
});

async function compactMore(count: number): Promise<void> {
  await produceDelivered(world, 0, salesOf(0, count));
  await world.compact();
}

describe('a refresh', () => {
  it('adds exactly what the lake has gained, and reads the hot table from there', async () => {
    await compactMore(3);
    const report = await refreshStream(oneTable, deps);
    await compactMore(2);
    await refreshStream(oneTable, deps);

    expect(report).toMatchObject({ status: 'done', rows: 3, snapshot: 2 });
    expect(gold.readLiveRanges()).toEqual([
      [0, 3],
      [3, 5],
      [5, 'hot'],
    ]);
  });

  it('over an empty lake reads everything from the hot table', async () => {
    const report = await refreshStream(declaration, deps);

    expect(report).toMatchObject({ status: 'skipped', rows: 0, snapshot: 1 });
    expect(gold.views).toHaveLength(declaration.gold.length);
    expect(gold.readLiveRanges()).toEqual([[0, 'hot']]);
  });

  it('without news adds nothing and publishes again', async () => {
    await compactMore(3);
    await refreshStream(oneTable, deps);

    const report = await refreshStream(oneTable, deps);

    expect(report.status).toBe('skipped');
    expect(gold.refreshes).toHaveLength(1);
    expect(gold.views.at(-1)).toEqual(gold.views.at(-2));
  });

  it('makes its snapshot known before a view names it', async () => {
    await compactMore(3);
    const known: boolean[] = [];
    const { command } = gold.clickhouse;
    const clickhouse: ClickHouse = {
      ...gold.clickhouse,
      command: async (sql) => {
        if (sql.includes('VIEW')) known.push(gold.publications.includes(readView(sql).snapshot));
        await command(sql);
      },
    };

    await refreshStream(declaration, { ...deps, clickhouse });

    expect(known).toEqual(declaration.gold.map(() => true));
  });

  it('folds more than 100 segments into one, which holds the same ranges', async () => {
    for (let refreshes = 0; refreshes < 100; refreshes += 1) {
      await compactMore(1);
      await refreshStream(oneTable, deps);
    }
    expect(gold.views.at(-1)?.segments).toHaveLength(100);

    await compactMore(1);
    await refreshStream(oneTable, deps);

    expect(gold.views.at(-1)?.segments).toHaveLength(1);
    const expected = Array.from({ length: 101 }, (_, index) => [index, index + 1]);
    expect(gold.readLiveRanges()).toEqual([...expected, [101, 'hot']]);
  }, 60_000);

  it('of another definition starts anew from the first offset', async () => {
    await compactMore(3);
    await refreshStream(oneTable, deps);
    const changed = { ...oneTable, gold: [{ ...first, contribution: `${first.contribution} -- changed` }] };

    await refreshStream(changed, deps);

    expect(gold.readLiveRanges()).toEqual([
      [0, 3],
      [3, 'hot'],
    ]);
    expect(gold.refreshes).toHaveLength(2);
  });
});

describe('a refresh that dies', () => {
  it('between the rows of a segment and the log leaves rows that no view reads', async () => {
    await compactMore(3);
    const { insert } = gold.clickhouse;
    const clickhouse: ClickHouse = {
      ...gold.clickhouse,
      insert: async (table, columns, rows) => {
        if (table === 'tidemark.gold_refreshes') throw new Error('killed');
        await insert(table, columns, rows);
      },
    };
    await expect(refreshStream(oneTable, { ...deps, clickhouse })).rejects.toThrow('killed');
    expect(gold.views).toEqual([]);

    await refreshStream(oneTable, deps);

    expect(gold.readLiveRanges()).toEqual([
      [0, 3],
      [3, 'hot'],
    ]);
  });
});

describe('two refreshes at once', () => {
  it('both publish right views', async () => {
    await compactMore(3);

    await Promise.all([refreshStream(oneTable, deps), refreshStream(oneTable, deps)]);

    expect(gold.refreshes).toHaveLength(2);
    for (const view of gold.views) expect([view.segments.length, view.hotFrom]).toEqual([1, 3]);
    await compactMore(1);
    await refreshStream(oneTable, deps);
    expect(gold.readLiveRanges()).toEqual([
      [0, 3],
      [3, 4],
      [4, 'hot'],
    ]);
  });

  it('of which the slower read an older lake: its view has the tidemark of the segments that it names', async () => {
    await compactMore(3);
    const { query } = gold.clickhouse;
    let isFirst = true;
    const overtaken: ClickHouse = {
      ...gold.clickhouse,
      query: async <T>(sql: string, params?: Record<string, unknown>) => {
        if (isFirst && sql.includes('gold_refreshes')) {
          isFirst = false;
          await compactMore(2);
          await refreshStream(oneTable, deps);
        }
        return query<T>(sql, params);
      },
    };

    await refreshStream(oneTable, { ...deps, clickhouse: overtaken });

    expect(gold.readLiveRanges()).toEqual([
      [0, 5],
      [5, 'hot'],
    ]);
  });

  it('of which the slower finishes last: it leaves the newer view', async () => {
    await compactMore(3);
    const { command } = gold.clickhouse;
    let isFirst = true;
    const slow: ClickHouse = {
      ...gold.clickhouse,
      command: async (sql) => {
        if (isFirst && sql.includes('VIEW')) {
          isFirst = false;
          await compactMore(2);
          await refreshStream(oneTable, deps);
        }
        await command(sql);
      },
    };

    await refreshStream(oneTable, { ...deps, clickhouse: slow });

    expect(gold.readLiveRanges()).toEqual([
      [0, 3],
      [3, 5],
      [5, 'hot'],
    ]);
  });
});
