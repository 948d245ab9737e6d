import type { Domain, NamedQuery, QueryParameter } from '@tidemark/domains/domain';
import { findDeclaration } from '@tidemark/domains/index';
import { type Answer, type ClickHouse, ClickHouseUnavailable } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import { type FieldError, Problem } from '@tidemark/platform/http';
import type { ReadCompleteness } from '../completeness/read-completeness.ts';
import { readPublication } from '../completeness/read-publication.ts';
import { toMeta } from './meta.ts';

export interface QueryDependencies {
  readonly clickhouse: ClickHouse;
  readonly readCompleteness: ReadCompleteness;
  readonly clock: Clock;
}

export interface QueryRequest {
  readonly domain: string;
  readonly query: string;
  /** Every value of each name in the query string. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

/**
 * Answers a named query: its rows, and how complete they are.
 *
 * @throws Problem 404 for a name that does not exist, 400 that names each parameter that is wrong
 */
export async function answerQuery(domains: readonly Domain[], request: QueryRequest, deps: QueryDependencies) {
  const startedAtMs = deps.clock();
  const query = findQuery(domains, request);
  const parameters = readParameters(query, request.parameters);
  const { stream } = findDeclaration(query.stream);
  const completeness = await deps.readCompleteness(stream);
  const { rows, rowsRead } = await runQuery(query, parameters, deps);
  const data = rows.map(({ _snapshot, ...row }) => row);
  // An answer without rows carries no snapshot; it is as empty at the newest one.
  const snapshot = rows[0]?._snapshot ?? completeness.publication.snapshot;
  const isNewest = snapshot === completeness.publication.snapshot;
  const publication = isNewest
    ? completeness.publication
    : await readPublication(deps.clickhouse, stream.name, snapshot);
  const elapsedMs = deps.clock() - startedAtMs;
  return { data, meta: toMeta(stream.topic, { ...completeness, publication }, { elapsedMs, rowsRead }) };
}

type RawRow = Record<string, unknown> & { readonly _snapshot?: number };

/** ClickHouse's FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: the view was replaced while its old text was being read. */
const BELOW_FLOOR = '395';
const MAX_ATTEMPTS = 3;

async function runQuery(
  query: NamedQuery,
  parameters: Record<string, QueryParameter>,
  { clickhouse }: QueryDependencies,
): Promise<Answer<RawRow>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await clickhouse.query<RawRow>(query.sql, parameters);
    } catch (error) {
      const isStale = error instanceof ClickHouseUnavailable && error.code === BELOW_FLOOR;
      if (!isStale || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

function findQuery(domains: readonly Domain[], request: QueryRequest): NamedQuery {
  const domain = domains.find(({ name }) => name === request.domain);
  if (domain === undefined) {
    const known = domains.map(({ name }) => name).join(', ');
    throw new Problem(404, 'Unknown domain', `There is no domain "${request.domain}": ${known}.`);
  }
  const query = domain.queries.find(({ name }) => name === request.query);
  if (query === undefined) {
    const known = domain.queries.map(({ name }) => name).join(', ');
    throw new Problem(404, 'Unknown query', `${domain.name} has no query "${request.query}": ${known}.`);
  }
  return query;
}

function readParameters(query: NamedQuery, values: QueryRequest['parameters']): Record<string, QueryParameter> {
  const unusable = Object.entries(values).flatMap(([field, [value, ...more]]): FieldError[] => {
    if (more.length > 0) return [{ field, message: 'must be given once' }];
    return value ? [] : [{ field, message: 'must not be empty' }];
  });
  if (unusable.length > 0) throw invalidParameters(unusable);
  const given = Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value]));
  const result = query.parameters.safeParse(given);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue): FieldError[] => {
    if (issue.code !== 'unrecognized_keys') return [{ field: issue.path.join('.'), message: issue.message }];
    return issue.keys.map((field) => ({ field, message: `is no parameter of ${query.name}` }));
  });
  throw invalidParameters(errors);
}

function invalidParameters(errors: readonly FieldError[]): Problem {
  const detail = errors.map(({ field, message }) => `${field} ${message}`).join('; ');
  return new Problem(400, 'Invalid parameters', detail, errors);
}
