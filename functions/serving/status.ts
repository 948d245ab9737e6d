/**
 * Serving layer: whether the parts answer, and where each stream stands.
 *
 * Trigger: GET /v1/health, GET /v1/status
 * Reads:   Kafka's offsets, ClickHouse as the user `query`, the lake's bucket, the laptop's trigger
 * Writes:  nothing
 */
import { streams } from '@tidemark/domains/index';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createKafkaOpener, openLake } from '@tidemark/platform/connections';
import { createHttpHandler, jsonResponse } from '@tidemark/platform/http';
import { readNoParameters } from '@tidemark/platform/http-input';
import { createLog } from '@tidemark/platform/log';
import { readRunHistory } from '@tidemark/platform/run-history';
import { askTrigger, readTriggerStatus } from '@tidemark/platform/trigger-status';
import { createLogPositions } from './completeness/log-positions.ts';
import { createCompletenessReader } from './completeness/read-completeness.ts';
import { checkHealth } from './status/check-health.ts';
import { describeTrigger } from './status/describe-trigger.ts';
import { readStreamStatus } from './status/read-status.ts';
import type { Status, StreamStatus } from './status/schemas.ts';
import { CLICKHOUSE_TIMEOUT_MS, KAFKA_TIMEOUT_MS } from './time-limits.ts';

const config = readConfig();
const log = createLog('status');
const openKafka = createKafkaOpener(config, 'tidemark-status', KAFKA_TIMEOUT_MS);
const clickhouse = createClickHouse(config, 'query', CLICKHOUSE_TIMEOUT_MS);
const readLogPositions = createLogPositions(openKafka, log);
const readCompleteness = createCompletenessReader({ clickhouse, readLogPositions, clock: systemClock });
const store = openLake(config);

const { TRIGGER_STATUS_URL } = config;
const healthDeps = {
  clickhouse,
  openKafka,
  store,
  // On AWS it is the event source mappings, which CloudWatch tells of.
  askTrigger:
    TRIGGER_STATUS_URL === undefined ? undefined : (signal: AbortSignal) => askTrigger(TRIGGER_STATUS_URL, signal),
  clock: systemClock,
};

export const health = createHttpHandler(async (event) => {
  readNoParameters(event);
  const parts = await checkHealth(healthDeps);
  const isHealthy = parts.every(({ status }) => status === 'ok');
  return jsonResponse({ status: isHealthy ? 'ok' : 'degraded', parts }, isHealthy ? 200 : 503);
}, log);

export const handler = createHttpHandler(async (event) => {
  readNoParameters(event);
  const [trigger, history] = await Promise.all([
    readTriggerStatus(TRIGGER_STATUS_URL, log),
    readRunHistory(clickhouse),
  ]);
  const deps = { clickhouse, readCompleteness, history };
  // One stream after the other: each asks as much at once as the user `query` has places, and an operator looks here
  // when the machine is busy.
  const statuses: StreamStatus[] = [];
  for (const stream of streams) statuses.push(await readStreamStatus(stream, deps));
  const generatedAt = new Date(systemClock()).toISOString();
  const status: Status = { generated_at: generatedAt, trigger: describeTrigger(trigger), streams: statuses };
  return jsonResponse(status);
}, log);
