/**
 * Serving layer: what can be asked, for people and for programs.
 *
 * Trigger: GET /v1/queries, GET /v1/openapi.json
 * Reads:   the domains' declarations; nothing else
 * Writes:  nothing
 */
import { domains } from '@tidemark/domains/index';
import { createHttpHandler, jsonResponse } from '@tidemark/platform/http';
import { readNoParameters } from '@tidemark/platform/http-input';
import { createLog } from '@tidemark/platform/log';
import { buildDocument, describeQuery } from './openapi/build-document.ts';

const log = createLog('openapi');
const document = buildDocument(domains);
const catalogue = domains.flatMap((domain) => domain.queries.map((query) => describeQuery(domain, query)));

export const queries = answerAlways({ queries: catalogue });

export const handler = answerAlways(document);

function answerAlways(body: object) {
  return createHttpHandler(async (event) => {
    readNoParameters(event);
    return jsonResponse(body);
  }, log);
}
