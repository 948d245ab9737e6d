import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Domain, Gold, NamedQuery, StreamDeclaration } from '@tidemark/domains/domain';
import type { Stream } from '@tidemark/domains/stream';
import { z } from 'zod';
import { describeDomains } from '../support/conformance/describe-domains.ts';
import { listProblems } from '../support/conformance/find-problems.ts';
import { type DeclaredDomain, readParcelTracking } from '../support/conformance/parcel-tracking.ts';
import type { Mapping } from '../support/conformance/surroundings.ts';

/** What the conformance tests say of a domain that somebody has begun: one clear sentence for each missing thing. */

type Change = (whole: DeclaredDomain) => DeclaredDomain;

const HOT_TABLE = 'parcel_tracking/speed/parcel_scans_realtime.sql';
const STORAGE = 'parcel_tracking/batch/scans_per_depot_daily_gold.sql';

const cases: readonly (readonly [what: string, change: Change, sentences: readonly unknown[]])[] = [
  ['is declared whole', (whole) => whole, []],
  [
    'has no database',
    withoutFile('databases/parcels.sql'),
    ['parcel_scans: the database parcels is missing: no statement in sql/databases makes it.'],
  ],
  [
    'has no SQL for its hot table',
    withoutFile(HOT_TABLE),
    [
      'parcel_scans: the hot table parcels.parcel_scans_realtime is missing: no statement in sql/parcel_tracking/speed makes it.',
    ],
  ],
  [
    'has a hot table that ClickHouse refuses',
    editFile(HOT_TABLE, 'parcel_id String', 'parcel_id Text32'),
    [expect.stringMatching(/^sql\/parcel_tracking\/speed\/parcel_scans_realtime\.sql: ClickHouse says .*Text32/)],
  ],
  [
    'has a hot table without a column of the descriptor',
    editFile(HOT_TABLE, /^ +depot_id .*\n/m, ''),
    ['parcels.parcel_scans_realtime: the column depot_id is missing.'],
  ],
  [
    'has a hot table with a column of its own',
    editFile(HOT_TABLE, '    depot_id', "    lane Int32 COMMENT 'Lane',\n    depot_id"),
    ['parcels.parcel_scans_realtime: the column lane is not in the descriptor of parcel_scans.'],
  ],
  [
    'has a hot table whose columns stand otherwise',
    editFile(HOT_TABLE, /^( +parcel_id .*\n)( +depot_id .*\n)/m, '$2$1'),
    [
      'parcels.parcel_scans_realtime: the columns stand in another order than in the descriptor: scanned_at, parcel_id, ' +
        'depot_id, scan_type, weight_kg, _partition, _offset, _timestamp, inserted_at.',
    ],
  ],
  [
    'has a column of another type',
    editFile(HOT_TABLE, 'weight_kg Decimal(18, 3)', 'weight_kg Float64'),
    [
      'parcels.parcel_scans_realtime: the column weight_kg is Float64, and decimal(18,3) in the descriptor needs Decimal(18, 3).',
    ],
  ],
  [
    'has a column that may be null, and may not by the descriptor',
    editFile(HOT_TABLE, 'depot_id Int32', 'depot_id Nullable(Int32)'),
    [
      'parcels.parcel_scans_realtime: the column depot_id is Nullable(Int32), and the descriptor says that it is required.',
    ],
  ],
  [
    'has other blocks of offsets than the descriptor says',
    editFile(HOT_TABLE, 'intDiv(`_offset`, 10000000)', 'intDiv(`_offset`, 1000)'),
    [
      'parcels.parcel_scans_realtime: it must have PARTITION BY (`_partition`, intDiv(`_offset`, 10000000)), whose blocks trimming drops.',
    ],
  ],
  ['has no topic', editStream({ topic: '' }), ['parcel_scans: the descriptor names no topic.']],
  [
    'has a topic that its function does not read',
    editMapping({ topic: 'parcels' }),
    ['parcel_scans: ingestParcelScans has the topic parcels, and it must be parcel-scans.'],
  ],
  [
    'has no ingest function',
    editSurroundings({ functions: {} }),
    ['parcel_scans: the ingest function is missing: none in serverless.yml has STREAM: parcel_scans.'],
  ],
  [
    'has another consumer group than its function',
    editMapping({ consumerGroupId: 'parcels' }),
    ['parcel_scans: ingestParcelScans has the consumerGroupId parcels, and it must be tidemark-ingest-parcel-scans.'],
  ],
  [
    'begins to read at the end and filters',
    editMapping({ startingPosition: 'LATEST', filterPatterns: [{}] }),
    [
      'parcel_scans: ingestParcelScans has the startingPosition LATEST, and it must be TRIM_HORIZON.',
      'parcel_scans: ingestParcelScans filters records, which compaction does not.',
    ],
  ],
  [
    'judges what ajv cannot see',
    editStream({ schema: z.object({ parcel_id: z.string().refine((id) => id !== '') }) }),
    ['parcel_scans: field parcel_id of the event schema has a refine, which the judge cannot see.'],
  ],
  [
    'has an event time that is no column',
    editStream({ eventTimeField: 'read_at' }),
    ['parcel_scans: the event time read_at is no timestamptz column, by whose day the lake lies.'],
  ],
  [
    'has no unified view',
    editDeclaration(({ views }) => ({ views: views.filter(({ name }) => !name.endsWith('_unified')) })),
    ['parcel_scans: the view parcel_scans_unified is not declared in domain.ts.'],
  ],
  [
    'has a view that shows what is below the floor',
    editDeclaration(({ views }) => ({
      views: views.map((view) => ({ ...view, view: view.view.replace('WHERE {{is_readable}}', '') })),
    })),
    ['historical', 'unified'].map(
      (kind) =>
        `parcels.parcel_scans_${kind}: the view does not refuse snapshots below the floor: it lacks {{is_readable}}.`,
    ),
  ],
  [
    'checks a column that it does not have',
    editDeclaration(({ checks }) => ({ checks: checks.map((check) => ({ ...check, column: 'lane' })) })),
    ['freshness', 'known_scan_types', 'watermarks_monotone'].map(
      (check) => `parcel_scans: the check ${check} asks for the column lane, which the stream does not have.`,
    ),
  ],
  [
    'has no storage for a gold table',
    withoutFile(STORAGE),
    [
      'scans_per_depot_daily: the storage table parcels.scans_per_depot_daily_gold is missing: no statement in sql/parcel_tracking/batch makes it.',
    ],
  ],
  [
    'has gold storage without a measure',
    editFile(STORAGE, /,\n +total_weight_kg .*/, ''),
    ['parcels.scans_per_depot_daily_gold: the column total_weight_kg is missing.'],
  ],
  [
    'has a contribution of all events instead of a range',
    editGold(({ contribution }) => ({ contribution: contribution.replace('WHERE {{range}}\n', '') })),
    ['parcels.scans_per_depot_daily: the contribution lacks {{range}}.'],
  ],
  [
    'has gold that forgets the days',
    editGold(({ keys }) => ({ keys: keys.map((key) => (key === 'date' ? 'scan_day' : key)) })),
    [
      'parcels.scans_per_depot_daily_gold: the column scan_day is missing.',
      'parcels.scans_per_depot_daily_gold: the column date is no key and no measure in gold.ts.',
      'parcels.scans_per_depot_daily: no key is a date, so that days of it cannot be computed again.',
    ],
  ],
  [
    'does not declare a file of sql/',
    editDomain(({ schema }) => ({ schema: { ...schema, tables: schema.tables.slice(0, 1) } })),
    [
      'sql/parcel_tracking/batch/scans_per_depot_daily_gold.sql: the statement is not in schema.tables, so no function can make it again.',
    ],
  ],
  [
    'has a table without a comment',
    editFile(HOT_TABLE, "\nCOMMENT 'One row per valid scan that was delivered'", ''),
    ['parcels.parcel_scans_realtime: it has no comment that says its grain.'],
  ],
  [
    'has a view that reads with the rights of whoever asks',
    editGold(({ view }) => ({ view: view.replace(' SQL SECURITY DEFINER', '') })),
    ['parcels.scans_per_depot_daily: the view is not SQL SECURITY DEFINER.'],
  ],
  [
    'has a placeholder without a parameter',
    editQuery('latest_scans', ({ sql }) => ({
      sql: sql.replace('INTERVAL 10 MINUTE', 'INTERVAL {minutes:UInt32} MINUTE'),
    })),
    ['latest_scans: the placeholder {minutes} has no parameter.'],
  ],
  [
    'has a parameter without a placeholder',
    editQuery('latest_scans', ({ sql }) => ({ sql: sql.replace('LIMIT {limit:UInt32}', '') })),
    ['latest_scans: the parameter limit has no placeholder in the SQL.'],
  ],
  [
    'answers with other columns than it says',
    editQuery('latest_scans', ({ sql }) => ({ sql: sql.replace('    parcel_id,\n', '') })),
    ['latest_scans: the row schema has parcel_id, which the SQL does not answer with.'],
  ],
  [
    'asks of a stream that is not its own',
    editQuery('latest_scans', () => ({ stream: 'retail_events' })),
    ['latest_scans: the domain has no stream retail_events.'],
  ],
  [
    'has a query that ClickHouse refuses',
    editQuery('latest_scans', ({ sql }) => ({ sql: sql.replace('realtime FINAL', 'unheard_of FINAL') })),
    [expect.stringMatching(/^parcel_tracking\/latest_scans: ClickHouse says .*parcel_scans_unheard_of/)],
  ],
  [
    'has no generator',
    editSurroundings({ generators: [] }),
    ['parcel_tracking: the generator is missing: none in localstack/generators/domain-generators.ts has its name.'],
  ],
  [
    'has a generator of events that it refuses',
    (whole) => {
      const [generator] = whole.surroundings.generators;
      if (generator === undefined) throw new Error('the made-up domain has a generator');
      const event = {
        scanned_at: '2026-11-21T11:00:00Z',
        parcel_id: 'P1',
        depot_id: 1,
        scan_type: 'LOST',
        weight_kg: 1,
      };
      const [declaration] = whole.domain.streams as [StreamDeclaration];
      const generateLive = () => [...Array(200)].map(() => ({ stream: declaration.stream, event })).values();
      return editSurroundings({ generators: [{ ...generator, generateLive }] })(whole);
    },
    [
      'parcel_tracking: the generator makes up an event that is refused as unknown_value (scan_type: must be equal to one of the allowed values).',
    ],
  ],
  [
    'is not in docs/tables.md',
    editSurroundings({ tablesDocument: '' }),
    [
      'parcels.parcel_scans_realtime: docs/tables.md does not name it.',
      'parcels.parcel_scans_historical: docs/tables.md does not name it.',
      'parcels.parcel_scans_unified: docs/tables.md does not name it.',
      'parcels.scans_per_depot_daily: docs/tables.md does not name it.',
      'scans_by_depot: docs/tables.md does not name the query.',
      'latest_scans: docs/tables.md does not name the query.',
    ],
  ],
];

let problems: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  const whole = await readParcelTracking();
  const declared = cases.map(([, change]) => change(whole));
  const described = await describeDomains(declared);
  problems = new Map(
    cases.map(([what], index) => {
      const { domain, surroundings } = declared[index] as DeclaredDomain;
      return [what, listProblems(domain, surroundings, described[index] as (typeof described)[0])];
    }),
  );
}, 240_000);

describe('a domain that', () => {
  it.each(cases)('%s is told so, and nothing else', (what, _change, sentences) => {
    expect(problems.get(what)).toEqual(sentences);
  });
});

function editDomain(edit: (domain: Domain) => Partial<Domain>): Change {
  return ({ domain, surroundings }) => ({ domain: { ...domain, ...edit(domain) }, surroundings });
}

function editDeclaration(edit: (declaration: StreamDeclaration) => Partial<StreamDeclaration>): Change {
  return editDomain(({ streams }) => ({
    streams: streams.map((declaration) => ({ ...declaration, ...edit(declaration) })),
  }));
}

function editStream(more: Partial<Stream>): Change {
  return editDeclaration(({ stream }) => ({ stream: { ...stream, ...more } }));
}

function editGold(edit: (gold: Gold) => Partial<Gold>): Change {
  return editDeclaration(({ gold }) => ({ gold: gold.map((table) => ({ ...table, ...edit(table) })) }));
}

function editQuery(name: string, edit: (query: NamedQuery) => Partial<NamedQuery>): Change {
  return editDomain(({ queries }) => ({
    queries: queries.map((query) => (query.name === name ? { ...query, ...edit(query) } : query)),
  }));
}

function editSurroundings(more: Partial<DeclaredDomain['surroundings']>): Change {
  return ({ domain, surroundings }) => ({ domain, surroundings: { ...surroundings, ...more } });
}

function editMapping(more: Partial<Mapping>): Change {
  return (whole) => {
    const functions = Object.entries(whole.surroundings.functions).map(([key, declared]) => {
      const events = (declared.events ?? []).map(({ msk }) => ({ msk: { ...msk, ...more } }));
      return [key, { ...declared, events }] as const;
    });
    return editSurroundings({ functions: Object.fromEntries(functions) })(whole);
  };
}

/** Takes a file of sql/ away, and what schema.ts imports from it. */
function withoutFile(path: string): Change {
  return ({ domain, surroundings }) => {
    const statement = surroundings.sqlFiles.find((file) => file.path === path)?.statement;
    const tables = domain.schema.tables.filter((table) => table !== statement);
    const sqlFiles = surroundings.sqlFiles.filter((file) => file.path !== path);
    return { domain: { ...domain, schema: { ...domain.schema, tables } }, surroundings: { ...surroundings, sqlFiles } };
  };
}

/** Edits a file of sql/, and so what schema.ts imports from it. */
function editFile(path: string, from: string | RegExp, to: string): Change {
  return ({ domain, surroundings }) => {
    const before = surroundings.sqlFiles.find((file) => file.path === path)?.statement ?? '';
    const statement = before.replace(from, to);
    if (statement === before) throw new Error(`sql/${path} has no ${from}`);
    const tables = domain.schema.tables.map((table) => (table === before ? statement : table));
    const sqlFiles = surroundings.sqlFiles.map((file) => (file.path === path ? { path, statement } : file));
    return { domain: { ...domain, schema: { ...domain.schema, tables } }, surroundings: { ...surroundings, sqlFiles } };
  };
}
