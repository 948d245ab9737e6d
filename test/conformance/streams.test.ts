import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Gold, NamedQuery } from '@tidemark/domains/domain';
import { hotColumnsOf } from '@tidemark/domains/hot-row';
import { declarations, domains, streams } from '@tidemark/domains/index';
import { type Column, POSITION_COLUMNS, type Stream } from '@tidemark/domains/stream';
import { findPartitionColumn } from '@tidemark/platform/lake/definition';
import { parse } from 'yaml';
import { z } from 'zod';
import { defineEventsTable } from '../../functions/batch/compact/lake-definitions.ts';
import { setUpSchema } from '../../localstack/start/set-up-stack.ts';
import { createRecordingClickHouse } from '../support/recording-clickhouse.ts';
import { tryInClickHouse } from '../support/run-in-clickhouse.ts';

/** The checklist for a domain: what it declares must stand, alike, everywhere else. */

interface Mapping {
  readonly topic: string;
  readonly consumerGroupId: string;
  readonly startingPosition: string;
  readonly filterPatterns?: unknown;
}
interface ServerlessYml {
  readonly functions: Record<
    string,
    { handler: string; environment?: { STREAM?: string }; events?: { msk?: Mapping }[] }
  >;
}

const CLICKHOUSE_TYPES: Record<string, RegExp> = {
  int: /^U?Int32$/,
  long: /^U?Int64$/,
  string: /^(LowCardinality\()?(Nullable\()?String\)*$/,
  timestamptz: /^DateTime(64\(3, 'UTC'\)|\('UTC'\))$/,
};

/** Types by name, in their order; what ClickHouse says where it knows no such thing. */
type Columns = ReadonlyMap<string, string>;

const hotTableOf = ({ database, hotTable }: Stream) => `${database}.${hotTable}`;
const storageOf = ({ database, name }: Gold) => `${database}.${name}_gold`;
const queries = domains.flatMap((domain) =>
  domain.queries.map((query) => [`${domain.name}/${query.name}`, query] as const),
);

let schemaStatements: string[];
/** What one engine says of each table and query, by its name. */
let described: ReadonlyMap<string, Columns>;
let serverless: ServerlessYml;

beforeAll(async () => {
  const clickhouse = createRecordingClickHouse();
  await setUpSchema(clickhouse);
  schemaStatements = clickhouse.commands;
  const tables = declarations.flatMap(({ stream, gold }) => [hotTableOf(stream), ...gold.map(storageOf)]);
  described = await describeAll(
    new Map([
      ...tables.map((table) => [table, `TABLE ${table}`] as const),
      ...queries.map(([name, query]) => [name, `(${fillPlaceholders(query)})`] as const),
    ]),
  );
  serverless = parse(await readFile('serverless.yml', 'utf8'), { logLevel: 'error' }) as ServerlessYml;
}, 60_000);

async function describeAll(subjects: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, Columns>> {
  const statements = [...subjects.values()].map((subject) => `DESCRIBE ${subject}`);
  const answers = (await tryInClickHouse([...schemaStatements, ...statements])).slice(-statements.length);
  const describeAnswer = (answer: (typeof answers)[0] | undefined): Columns => {
    if (answer === null || answer === undefined || 'error' in answer)
      return new Map([[answer?.error ?? 'no answer', 'error']]);
    return new Map(answer.data.map((row) => [String(row.name), String(row.type)]));
  };
  return new Map([...subjects.keys()].map((name, index) => [name, describeAnswer(answers[index])]));
}

describe.each(streams.map((stream) => [stream.name, stream] as const))('stream %s', (_name, stream) => {
  it('has a hot table with the columns of its descriptor, of fitting types', () => {
    const columns = described.get(hotTableOf(stream)) as Columns;
    for (const { name, type, required } of stream.columns as readonly Column<unknown>[]) {
      const decimal = /^decimal\((\d+),(\d+)\)$/.exec(type);
      const expected = decimal ? new RegExp(`^Decimal\\(${decimal[1]}, ${decimal[2]}\\)$`) : CLICKHOUSE_TYPES[type];
      expect([name, columns.get(name)]).toEqual([name, expect.stringMatching(expected as RegExp)]);
      expect([name, columns.get(name)?.includes('Nullable')]).toEqual([name, !required]);
    }
    expect([...columns.keys()]).toEqual([...hotColumnsOf(stream), 'inserted_at']);
  });

  it('keeps its blocks of offsets where the descriptor says', () => {
    const ddl = schemaStatements.find((statement) => statement.includes(`${stream.database}.${stream.hotTable}\n`));
    expect(ddl).toContain(`PARTITION BY (\`_partition\`, intDiv(\`_offset\`, ${stream.hotBlockOffsets}))`);
  });

  it('has a lake table with unique field ids and the position as its last columns', () => {
    const { columns } = defineEventsTable(stream);
    expect(new Set(columns.map(({ fieldId }) => fieldId)).size).toBe(columns.length);
    expect(columns.slice(-POSITION_COLUMNS.length)).toEqual(POSITION_COLUMNS);
    expect(findPartitionColumn(defineEventsTable(stream)).name).toBe(stream.eventTimeField);
  });

  it('has an event schema that ajv can judge in full: neither transform nor refine', () => {
    const fields = Object.values((stream.schema as z.ZodObject<Record<string, z.ZodType>>).shape);
    const kinds = fields.flatMap((field) => (field.def.checks ?? []).map((check) => check._zod.def.check));
    expect(kinds).not.toContain('custom');
    // A transform has no JSON schema: this throws.
    expect(z.toJSONSchema(stream.schema, { io: 'output' })).toHaveProperty('properties');
  });

  it('has one ingest function, whose mapping reads the whole topic and filters nothing', () => {
    const ingests = Object.values(serverless.functions).filter(
      ({ environment }) => environment?.STREAM === stream.name,
    );
    expect(ingests).toHaveLength(1);
    const mapping = ingests[0]?.events?.[0]?.msk;
    expect(mapping).toMatchObject({
      topic: stream.topic,
      consumerGroupId: stream.consumerGroup,
      startingPosition: 'TRIM_HORIZON',
    });
    expect(mapping).not.toHaveProperty('filterPatterns');
  });
});

describe.each(declarations.map((declaration) => [declaration.stream.name, declaration] as const))(
  'views and gold of %s',
  (_name, { stream, views, gold }) => {
    it.each(views.map(({ name, view }) => [name, view] as const))('%s replaces the view of its name', (name, view) => {
      expect(view).toContain(`CREATE OR REPLACE VIEW ${stream.database}.${name} AS`);
      expect(view).toContain('{{is_readable}}');
      expect(view).toContain('AS `_snapshot`');
    });

    it.each(gold.map((table) => [table.name, table] as const))(
      '%s has a storage table with the columns of its contribution',
      (_table, gold) => {
        const { keys, measures, view } = gold;
        expect([...(described.get(storageOf(gold)) as Columns).keys()]).toEqual([
          'segment',
          'first_snapshot',
          'last_snapshot',
          ...keys,
          ...measures.map((measure) => measure.name),
        ]);
        expect(view).toContain('{{is_readable}}');
      },
    );
  },
);

describe('every object of the schema', () => {
  it('says its grain in a comment', () => {
    const created = schemaStatements.filter((statement) => !/ENGINE = Null$/.test(statement));
    const silent = created.filter((statement) => !/^COMMENT '|COMMENT '[^']*'\s*$/m.test(statement));
    expect(silent).toEqual([]);
  });
});

describe.each(queries)('query %s', (name, query) => {
  it('has a placeholder for each parameter, and no other', () => {
    const placeholders = new Set([...query.sql.matchAll(/\{(\w+):[^}]+\}/g)].map((match) => match[1]));
    const parameters = z.toJSONSchema(query.parameters, { io: 'input' }).properties ?? {};
    expect([...placeholders].sort()).toEqual(Object.keys(parameters).sort());
  });

  it('answers with the columns of its row schema', () => {
    const names = [...(described.get(name) as Columns).keys()].filter((column) => column !== '_snapshot');
    expect(names).toEqual(Object.keys(query.row.shape));
  });
});

function fillPlaceholders(query: NamedQuery): string {
  const values = query.parameters.parse({});
  return query.sql.replace(/\{(\w+):([^}]+)\}/g, (_whole, name: string, type: string) => {
    const value = values[name];
    const literal = value === null || value === undefined ? 'NULL' : `'${toText(value)}'`;
    return `CAST(${literal}, '${type.replaceAll("'", "\\'")}')`;
  });
}

function toText(value: string | number | Date): string {
  return value instanceof Date ? value.toISOString().slice(0, 19).replace('T', ' ') : String(value);
}
