/**
 * Serving layer: the records that were refused, and what has become of them.
 *
 * Trigger: GET /v1/dead-letters, GET /v1/dead-letters/{stream}/{partition}/{offset}, or an invocation
 * Reads:   tidemark.dead_letters_by_state and tidemark.dead_letter_log as the user `query`
 * Writes:  nothing
 */
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig } from '@tidemark/platform/config';
import { createLog } from '@tidemark/platform/log';
import { answerBothWays } from './dead-letters/answer-both-ways.ts';
import { listDeadLetters } from './dead-letters/list-dead-letters.ts';
import { listSchema, showSchema } from './dead-letters/requests.ts';
import { showDeadLetter } from './dead-letters/show-dead-letter.ts';
import { CLICKHOUSE_TIMEOUT_MS } from './time-limits.ts';

const log = createLog('dead-letters');
const clickhouse = createClickHouse(readConfig(), 'query', CLICKHOUSE_TIMEOUT_MS);

export const list = answerBothWays(
  { schema: listSchema, input: 'query', run: (request) => listDeadLetters(request, clickhouse) },
  log,
);

export const show = answerBothWays(
  { schema: showSchema, input: 'query', run: (request) => showDeadLetter(request, clickhouse) },
  log,
);
