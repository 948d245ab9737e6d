import type { Domain, Gold, NamedQuery } from '@tidemark/domains/domain';
import type { Stream } from '@tidemark/domains/stream';
import { applySchema } from '../../../localstack/start/set-up-stack.ts';
import { createRecordingClickHouse } from '../recording-clickhouse.ts';
import { type ClickHouseAnswer, tryInClickHouse } from '../run-in-clickhouse.ts';
import type { Surroundings } from './surroundings.ts';

/** Types by name, in their order. */
export type Columns = ReadonlyMap<string, string>;

/** What ClickHouse makes of a domain's statements. */
export interface DescribedDomain {
  /** Every statement that sets the domain up, as it is sent. */
  readonly statements: readonly string[];
  /** What ClickHouse refused, one sentence each. */
  readonly refusals: readonly string[];
  /** Columns of a table by `database.name`, of a query by `domain/name`; undefined where ClickHouse knows none. */
  columnsOf(subject: string): Columns | undefined;
}

export const hotTableOf = ({ database, hotTable }: Stream) => `${database}.${hotTable}`;
export const storageOf = ({ database, name }: Gold) => `${database}.${name}_gold`;
export const nameQuery = ({ name }: Domain, query: NamedQuery) => `${name}/${query.name}`;

/** Sets domains up, one after the other and each alone, in one ClickHouse of their own. */
export async function describeDomains(
  subjects: readonly { readonly domain: Domain; readonly surroundings: Surroundings }[],
): Promise<DescribedDomain[]> {
  const plans = await Promise.all(subjects.map(({ domain, surroundings }) => planDescription(domain, surroundings)));
  const answers = await tryInClickHouse(
    plans.flatMap(({ statements, questions, cleanUp }) => [...statements, ...questions.values(), ...cleanUp]),
  );
  return plans.map((plan) => {
    const made = answers.splice(0, plan.statements.length);
    const told = answers.splice(0, plan.questions.size);
    answers.splice(0, plan.cleanUp.length);
    const columns = new Map([...plan.questions.keys()].map((subject, index) => [subject, toColumns(told[index])]));
    const refusals = [
      ...plan.failures,
      ...plan.statements.flatMap((statement, index) => refusalOf(plan.label(statement), made[index])),
      ...[...plan.questions.keys()].flatMap((subject, index) => refusalOf(subject, told[index])),
    ];
    return { statements: plan.statements, refusals, columnsOf: (subject) => columns.get(subject) };
  });
}

type Answer = ClickHouseAnswer | { readonly error: string } | null | undefined;

async function planDescription(domain: Domain, { sqlFiles }: Surroundings) {
  const clickhouse = createRecordingClickHouse();
  const failures: string[] = [];
  try {
    await applySchema(clickhouse, sqlFiles, domain.streams);
  } catch (error) {
    failures.push(`${domain.name}: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const tables = domain.streams.flatMap(({ stream, gold }) => [hotTableOf(stream), ...gold.map(storageOf)]);
  const databases = clickhouse.commands.flatMap((sql) => /CREATE DATABASE IF NOT EXISTS (\w+)/.exec(sql)?.[1] ?? []);
  return {
    statements: clickhouse.commands,
    failures,
    questions: new Map([
      ...tables.map((table) => [table, `DESCRIBE TABLE ${table}`] as const),
      ...domain.queries.map((query) => [nameQuery(domain, query), `DESCRIBE (${fillPlaceholders(query)})`] as const),
    ]),
    cleanUp: databases.map((database) => `DROP DATABASE IF EXISTS ${database}`),
    label: (statement: string) => {
      const path = sqlFiles.find((file) => file.statement === statement)?.path;
      return path === undefined ? (/VIEW (\S+)/.exec(statement)?.[1] ?? 'the lake table') : `sql/${path}`;
    },
  };
}

function refusalOf(subject: string, answer: Answer): string[] {
  if (answer === null || answer === undefined || !('error' in answer)) return [];
  return [`${subject}: ClickHouse says ${answer.error.replaceAll(/\s+/g, ' ').slice(0, 300)}.`];
}

function toColumns(answer: Answer): Columns | undefined {
  if (answer === null || answer === undefined || 'error' in answer) return undefined;
  return new Map(answer.data.map((row) => [String(row.name), String(row.type)]));
}

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
