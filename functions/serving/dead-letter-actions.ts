/**
 * Serving layer: puts dead letters back into their topic, or writes down that they stay out.
 *
 * Trigger:     POST /v1/dead-letters/replay, POST /v1/dead-letters/discard, or an invocation
 * Reads:       tidemark.dead_letters_by_state as the user `query`
 * Writes:      the stream's topic, in transactions; tidemark.dead_letter_log as the user `ingest`
 * Idempotency: a dead letter that was replayed or discarded is not open any more
 */
import { randomUUID } from 'node:crypto';
import { findDeclaration } from '@tidemark/domains/index';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createWriterOpener } from '@tidemark/platform/connections';
import { createLog } from '@tidemark/platform/log';
import { answerBothWays } from './dead-letters/answer-both-ways.ts';
import { discardDeadLetters } from './dead-letters/discard-dead-letters.ts';
import { replayDeadLetters } from './dead-letters/replay-dead-letters.ts';
import { discardSchema, replaySchema } from './dead-letters/requests.ts';
import { CLICKHOUSE_TIMEOUT_MS } from './time-limits.ts';

/** API Gateway gives up at 29 s, and so does a producer that finds no broker. */
const KAFKA_TIMEOUT_MS = 10_000;

const config = readConfig();
const log = createLog('dead-letter-actions');
const deps = {
  reader: createClickHouse(config, 'query', CLICKHOUSE_TIMEOUT_MS),
  writer: createClickHouse(config, 'ingest', CLICKHOUSE_TIMEOUT_MS),
  openWriter: createWriterOpener(config, 'tidemark-replay', KAFKA_TIMEOUT_MS),
  clock: systemClock,
  newId: randomUUID,
};

export const replay = answerBothWays(
  {
    schema: replaySchema,
    input: 'body',
    run: async (request, remainingMs) => {
      const { stream } = findDeclaration(request.stream);
      const report = await replayDeadLetters(stream, request, systemClock() + remainingMs, deps);
      log.info('dead letters replayed', { ...report });
      return report;
    },
  },
  log,
);

export const discard = answerBothWays(
  {
    schema: discardSchema,
    input: 'body',
    run: async (request, remainingMs) => {
      const report = await discardDeadLetters(request, systemClock() + remainingMs, deps);
      log.info('dead letters discarded', { ...report });
      return report;
    },
  },
  log,
);
