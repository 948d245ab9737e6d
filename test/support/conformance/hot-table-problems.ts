import { hotColumnsOf } from '@tidemark/domains/hot-row';
import type { Column, Stream } from '@tidemark/domains/stream';
import { type DescribedDomain, hotTableOf } from './describe-domains.ts';
import type { Surroundings } from './surroundings.ts';

const CLICKHOUSE_TYPES: Record<string, { readonly pattern: RegExp; readonly words: string }> = {
  int: { pattern: /^U?Int32$/, words: 'Int32' },
  long: { pattern: /^U?Int64$/, words: 'Int64' },
  string: { pattern: /^String$/, words: 'String' },
  timestamptz: { pattern: /^DateTime(64\(3, 'UTC'\)|\('UTC'\))$/, words: "DateTime64(3, 'UTC') or DateTime('UTC')" },
};

/** What a stream's hot table lacks, or has otherwise than the descriptor. */
export function findHotTableProblems(stream: Stream, { sqlFiles }: Surroundings, described: DescribedDomain): string[] {
  const table = hotTableOf(stream);
  const makes = (text: string) => sqlFiles.some(({ statement }) => new RegExp(`\\b${text}\\b`).test(statement));
  if (!makes(`CREATE DATABASE IF NOT EXISTS ${stream.database}`)) {
    return [`${stream.name}: the database ${stream.database} is missing: no statement in sql/databases makes it.`];
  }
  const columns = described.columnsOf(table);
  if (columns === undefined) {
    // What is written and refused stands among ClickHouse's refusals, with its reason.
    if (makes(`CREATE TABLE IF NOT EXISTS ${table}`)) return [];
    return [`${stream.name}: the hot table ${table} is missing: no statement in sql/${stream.domain}/speed makes it.`];
  }
  const expected = [...hotColumnsOf(stream), 'inserted_at'];
  const problems = [
    ...expected.filter((name) => !columns.has(name)).map((name) => `${table}: the column ${name} is missing.`),
    ...[...columns.keys()]
      .filter((name) => !expected.includes(name))
      .map((name) => `${table}: the column ${name} is not in the descriptor of ${stream.name}.`),
    ...stream.columns.flatMap((column) => findTypeProblems(table, column, columns.get(column.name))),
    ...findBlockProblems(stream, described),
  ];
  if (problems.length > 0 || [...columns.keys()].join() === expected.join()) return problems;
  return [`${table}: the columns stand in another order than in the descriptor: ${expected.join(', ')}.`];
}

function findTypeProblems(
  table: string,
  { name, type, required }: Column<unknown>,
  actual: string | undefined,
): string[] {
  if (actual === undefined) return [];
  const bare = actual.replace(/^LowCardinality\((.*)\)$/, '$1').replace(/^Nullable\((.*)\)$/, '$1');
  const decimal = /^decimal\((\d+),(\d+)\)$/.exec(type);
  const words = decimal === null ? CLICKHOUSE_TYPES[type]?.words : `Decimal(${decimal[1]}, ${decimal[2]})`;
  const fits = decimal === null ? CLICKHOUSE_TYPES[type]?.pattern.test(bare) : bare === words;
  if (fits !== true)
    return [`${table}: the column ${name} is ${actual}, and ${type} in the descriptor needs ${words}.`];
  if (actual.includes('Nullable') === !required) return [];
  const says = required ? 'required' : 'not required';
  return [`${table}: the column ${name} is ${actual}, and the descriptor says that it is ${says}.`];
}

/** Rule 12 of the design, at the rate that the product names. */
const MAX_BLOCKS = 1_000;
const EVENTS_PER_SECOND = 500;
const RETENTION_SECONDS = 90 * 86_400;

function findBlockProblems(stream: Stream, { statements }: DescribedDomain): string[] {
  const table = hotTableOf(stream);
  const ddl = statements.find((statement) => statement.includes(`CREATE TABLE IF NOT EXISTS ${table}\n`));
  const key = `PARTITION BY (\`_partition\`, intDiv(\`_offset\`, ${stream.hotBlockOffsets}))`;
  const blocks = (EVENTS_PER_SECOND * RETENTION_SECONDS) / stream.hotBlockOffsets;
  return [
    ...(ddl?.includes(key) ? [] : [`${table}: it must have ${key}, whose blocks trimming drops.`]),
    ...(blocks < MAX_BLOCKS
      ? []
      : [`${table}: 90 days of ${EVENTS_PER_SECOND} events per second are ${blocks} blocks.`]),
  ];
}
