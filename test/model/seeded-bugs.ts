import type fc from 'fast-check';
import type { ClickHouse } from '../../layers/platform/clickhouse.ts';
import { RACES, type Weights } from './arbitraries.ts';
import type { Fate } from './commands.ts';
import type { Defect } from './engine.ts';
import { retailModel } from './retail-model.ts';
import type { StreamModel } from './stream-model.ts';
import { userModel } from './user-model.ts';

/** A mistake that the layers could make, put between them and what they write to. */
export interface SeededBug {
  readonly name: string;
  readonly stream: StreamModel;
  readonly defect: Defect;
  /** The steps that it takes to see it. */
  readonly weights: Weights;
  readonly fates?: fc.Arbitrary<Fate>;
}

const BASIC: Weights = { arrive: 3, compact: 3, refreshGold: 1 };

export const seededBugs: readonly SeededBug[] = [
  {
    name: 'views read the hot table without FINAL',
    stream: retailModel,
    defect: rewriteSql((sql) => (isView(sql) ? sql.replaceAll(' FINAL', '') : sql)),
    weights: { ...BASIC, redeliver: 3 },
  },
  {
    name: 'the tail begins at a time instead of at offsets',
    stream: retailModel,
    defect: ({ clickhouse, store }) => ({
      store,
      clickhouse: {
        ...clickhouse,
        command: async (sql, params) => clickhouse.command(await byTime(sql, clickhouse), params),
      },
    }),
    weights: BASIC,
  },
  {
    name: 'a partition is missing in the predicate of the tail: one that was added later',
    stream: retailModel,
    defect: rewriteSql((sql) => (isView(sql) ? sql.replaceAll(/ OR _partition NOT IN \([\d, ]+\)/g, '') : sql)),
    weights: { ...BASIC, addPartition: 2 },
  },
  {
    name: 'a partition is missing in the predicate of the tail: the first of several',
    stream: retailModel,
    defect: rewriteSql((sql) =>
      isView(sql) ? sql.replaceAll(/\(_partition = \d+ AND _offset >= \d+\) OR /g, '') : sql,
    ),
    weights: BASIC,
  },
  {
    name: 'hot rows are trimmed as soon as the lake has them, before the views are published',
    stream: retailModel,
    defect: answerQueries('max(floor) AS floor', (sql) =>
      sql.includes('raised_at')
        ? 'SELECT max(snapshot) AS floor FROM tidemark.publications WHERE stream = {stream:String}'
        : sql,
    ),
    weights: { ...BASIC, maintain: 2 },
  },
  {
    name: 'a commit replaces the version that another compactor has made',
    stream: retailModel,
    defect: ({ clickhouse, store }) => ({
      clickhouse,
      store: {
        ...store,
        putIfAbsent: async (key, body) => {
          await store.put(key, body);
          return 'created';
        },
      },
    }),
    weights: { arrive: 4, compact: 4, resume: 1 },
    fates: RACES,
  },
  {
    name: 'gold adds what it has added before: a segment counts twice',
    stream: retailModel,
    defect: answerQueries('SELECT generation, snapshot, tidemark, segments', (sql) =>
      sql.replace('tidemark, segments', "CAST(map(), 'Map(UInt32, UInt64)') AS tidemark, segments"),
    ),
    weights: BASIC,
  },
  {
    name: 'the insert of a segment is sent again after its acknowledgement was lost',
    stream: userModel,
    defect: ({ clickhouse, store }) => ({
      store,
      clickhouse: {
        ...clickhouse,
        command: async (sql, params) => {
          await clickhouse.command(sql, params);
          if (/^INSERT INTO \w+\.\w+_gold /.test(sql)) await clickhouse.command(sql, params);
        },
      },
    }),
    weights: BASIC,
  },
  {
    name: 'ids are registered late: only those of earlier versions are known when a version is published',
    stream: userModel,
    defect: ({ clickhouse, store }) => ({ store, clickhouse: registerLate(clickhouse) }),
    weights: { ...BASIC, redeliver: 1 },
  },
  {
    name: 'a view knows ids above its own tidemark',
    stream: userModel,
    defect: rewriteSql((sql) =>
      isView(sql) ? sql.replaceAll(/(WHERE stream = '\w+') AND (?:false|\(\(_partition[^\n]*)/g, '$1') : sql,
    ),
    weights: BASIC,
  },
];

const isView = (sql: string) => sql.includes('CREATE OR REPLACE VIEW');

function rewriteSql(rewrite: (sql: string) => string): Defect {
  return ({ clickhouse, store }) => ({
    store,
    clickhouse: { ...clickhouse, command: (sql, params) => clickhouse.command(rewrite(sql), params) },
  });
}

function answerQueries(part: string, rewrite: (sql: string) => string): Defect {
  return ({ clickhouse, store }) => ({
    store,
    clickhouse: {
      ...clickhouse,
      query: (sql, params) => clickhouse.query(sql.includes(part) ? rewrite(sql) : sql, params),
    },
  });
}

/** The hot rows that are younger than the youngest of the lake, instead of those above its tidemark. */
async function byTime(sql: string, clickhouse: ClickHouse): Promise<string> {
  const snapshot = /toUInt64\((\d+)\) AS `_snapshot`/.exec(sql)?.[1];
  if (!isView(sql) || snapshot === undefined) return sql;
  const { rows } = await clickhouse.query<{ name: string }>(
    `SELECT concat('lake.', name) AS name FROM system.tables
     WHERE database = 'lake' AND match(name, '_v${snapshot}_') AND NOT match(name, '_at_')`,
  );
  const pinned = rows[0]?.name;
  if (pinned === undefined) return sql;
  return sql.replaceAll(
    /\(\(_partition = \d+ AND _offset >= \d+\).*NOT IN \([\d, ]+\)\)/g,
    `_timestamp > (SELECT max(_timestamp) FROM ${pinned})`,
  );
}

function registerLate(clickhouse: ClickHouse): ClickHouse {
  let due: (() => Promise<void>)[] = [];
  return {
    ...clickhouse,
    command: async (sql, params) => {
      if (!sql.includes('INSERT INTO tidemark.event_identities')) return clickhouse.command(sql, params);
      const late = due;
      due = [() => clickhouse.command(sql, params)];
      for (const register of late) await register();
    },
  };
}
