/**
 * Serving layer: what can be asked, for people and for programs.
 *
 * Trigger: GET /v1/queries, GET /v1/openapi.json, and whatever no other function has
 * Reads:   the domains' declarations; nothing else
 * Writes:  nothing
 */
import { domains } from '@tidemark/domains/index';
import { createHttpHandler, jsonResponse, Problem } from '@tidemark/platform/http';
import { readNoParameters } from '@tidemark/platform/http-input';
import { createLog } from '@tidemark/platform/log';
import { buildDocument, describeQuery } from './openapi/build-document.ts';

const log = createLog('openapi');
const document = buildDocument(domains);
const catalogue = domains.flatMap((domain) => domain.queries.map((query) => describeQuery(domain, query)));

export const queries = answerAlways({ queries: catalogue });

export const handler = answerAlways(document);

export const notFound = createHttpHandler(async ({ httpMethod, path }) => {
  throw new Problem(404, 'Not found', `There is no ${httpMethod} ${path}: /v1/openapi.json lists what there is.`);
}, log);

function answerAlways(body: object) {
  return createHttpHandler(async (event) => {
    readNoParameters(event);
    return jsonResponse(body);
  }, log);
}
