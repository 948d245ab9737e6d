import type { Domain, NamedQuery } from '@tidemark/domains/domain';
import { z } from 'zod';
import { type DescribedDomain, nameQuery } from './describe-domains.ts';

/** Where a query's SQL, parameters and row differ. What ClickHouse refuses to describe is told as its refusal. */
export function findQueryProblems(domain: Domain, described: DescribedDomain): string[] {
  const streams = domain.streams.map(({ stream }) => stream.name);
  return domain.queries.flatMap((query) => [
    ...(streams.includes(query.stream) ? [] : [`${query.name}: the domain has no stream ${query.stream}.`]),
    ...findParameterProblems(query),
    ...findRowProblems(query, described.columnsOf(nameQuery(domain, query))),
  ]);
}

function findParameterProblems({ name, sql, parameters }: NamedQuery): string[] {
  const placeholders = [...new Set([...sql.matchAll(/\{(\w+):[^}]+\}/g)].map((match) => match[1] as string))];
  const declared = Object.keys(z.toJSONSchema(parameters, { io: 'input' }).properties ?? {});
  return [
    ...placeholders
      .filter((placeholder) => !declared.includes(placeholder))
      .map((placeholder) => `${name}: the placeholder {${placeholder}} has no parameter.`),
    ...declared
      .filter((parameter) => !placeholders.includes(parameter))
      .map((parameter) => `${name}: the parameter ${parameter} has no placeholder in the SQL.`),
  ];
}

function findRowProblems({ name, row }: NamedQuery, columns: ReadonlyMap<string, string> | undefined): string[] {
  if (columns === undefined) return [];
  const answered = [...columns.keys()].filter((column) => column !== '_snapshot');
  const declared = Object.keys(row.shape);
  const problems = [
    ...answered
      .filter((column) => !declared.includes(column))
      .map((column) => `${name}: the SQL answers with ${column}, which the row schema does not have.`),
    ...declared
      .filter((column) => !answered.includes(column))
      .map((column) => `${name}: the row schema has ${column}, which the SQL does not answer with.`),
  ];
  if (problems.length > 0 || answered.join() === declared.join()) return problems;
  return [`${name}: the row schema has another order than the SQL: ${answered.join(', ')}.`];
}
