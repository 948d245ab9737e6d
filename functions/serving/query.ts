/**
 * Serving layer: answers a named query over gold and the hot tail.
 *
 * Trigger: GET /v1/queries/{domain}/{query}
 * Reads:   the published views as the user `query`, Kafka's offsets
 * Writes:  nothing
 */
import { domains } from '@tidemark/domains/index';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createKafkaOpener } from '@tidemark/platform/connections';
import { createHttpHandler, jsonResponse } from '@tidemark/platform/http';
import { createLog } from '@tidemark/platform/log';
import { createLogPositions } from './completeness/log-positions.ts';
import { createCompletenessReader } from './completeness/read-completeness.ts';
import { answerQuery } from './query/answer-query.ts';
import { CLICKHOUSE_TIMEOUT_MS, KAFKA_TIMEOUT_MS } from './time-limits.ts';

const config = readConfig();
const log = createLog('query');
const clickhouse = createClickHouse(config, 'query', CLICKHOUSE_TIMEOUT_MS);
const readLogPositions = createLogPositions(createKafkaOpener(config, 'tidemark-query', KAFKA_TIMEOUT_MS), log);
const readCompleteness = createCompletenessReader({ clickhouse, readLogPositions, clock: systemClock });

const deps = { clickhouse, readCompleteness, clock: systemClock };

export const handler = createHttpHandler(async ({ pathParameters, multiValueQueryStringParameters }) => {
  const { domain = '', query = '' } = pathParameters ?? {};
  const parameters = (multiValueQueryStringParameters ?? {}) as Record<string, string[]>;
  return jsonResponse(await answerQuery(domains, { domain, query, parameters }, deps));
}, log);
