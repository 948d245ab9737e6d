import type { Domain, NamedQuery, QueryParameter } from '@tidemark/domains/domain';
import { findDeclaration } from '@tidemark/domains/index';
import { type Answer, type ClickHouse, ClickHouseUnavailable } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import { Problem } from '@tidemark/platform/http';
import { readInput, readSingleValues } from '@tidemark/platform/http-input';
import type { Completeness, ReadCompleteness } from '../completeness/read-completeness.ts';
import { readPublication } from '../completeness/read-publication.ts';
import { type AsOf, findPastSnapshot, pinQuery, readAsOf } from './as-of.ts';
import { toMeta } from './meta.ts';
import type { Meta } from './schemas.ts';

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

export interface QueryAnswer {
  readonly data: readonly Record<string, unknown>[];
  readonly meta: Meta;
}

/**
 * Answers a named query: its rows, and how complete they are. With the parameter `as_of`, from the lake as it was.
 *
 * @throws Problem 404 for a name that does not exist, 400 that names each parameter that is wrong, 410 for a snapshot
 *   that is no longer kept
 */
export async function answerQuery(
  domains: readonly Domain[],
  request: QueryRequest,
  deps: QueryDependencies,
): Promise<QueryAnswer> {
  const startedAtMs = deps.clock();
  const query = findQuery(domains, request);
  const { as_of: asOfText, ...given } = readSingleValues(request.parameters);
  const parameters = readInput(query.parameters, given);
  const asOf = asOfText === undefined ? undefined : readAsOf(asOfText, query, domains, startedAtMs);
  const { stream } = findDeclaration(query.stream);
  const completeness = await deps.readCompleteness(stream);
  if (asOf !== undefined) return answerAsOf(asOf, { domains, query, parameters, completeness, startedAtMs }, deps);
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

interface PastQuestion {
  readonly domains: readonly Domain[];
  readonly query: NamedQuery;
  readonly parameters: Record<string, QueryParameter>;
  readonly completeness: Completeness;
  readonly startedAtMs: number;
}

async function answerAsOf(
  asOf: AsOf,
  { domains, query, parameters, completeness, startedAtMs }: PastQuestion,
  { clickhouse, clock }: QueryDependencies,
): Promise<QueryAnswer> {
  const { stream } = findDeclaration(query.stream);
  const past = await findPastSnapshot(clickhouse, stream.name, asOf, completeness.publication.snapshot);
  const sql = await pinQuery(query, past, domains, clickhouse);
  const { rows, rowsRead } = await clickhouse.query<RawRow>(sql, parameters);
  const { rejected, committedAt } = past;
  // Nothing lags behind what is over.
  const complete = { ...completeness, publication: past, realtimeThrough: null, lagRecords: null, rejected };
  const meta = toMeta(stream.topic, complete, { elapsedMs: clock() - startedAtMs, rowsRead });
  return { data: rows.map(({ _snapshot, ...row }) => row), meta: { ...meta, as_of: committedAt } };
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
    const message = `There is no domain "${request.domain}": ${known}.`;
    throw new Problem(404, 'Unknown domain', message, [{ field: 'domain', message: `must be one of ${known}` }]);
  }
  const query = domain.queries.find(({ name }) => name === request.query);
  if (query === undefined) {
    const known = domain.queries.map(({ name }) => name).join(', ');
    const message = `${domain.name} has no query "${request.query}": ${known}.`;
    throw new Problem(404, 'Unknown query', message, [{ field: 'query', message: `must be one of ${known}` }]);
  }
  return query;
}
