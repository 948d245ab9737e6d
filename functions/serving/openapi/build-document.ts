import type { Domain, NamedQuery } from '@tidemark/domains/domain';
import { z } from 'zod';
import { AS_OF_DESCRIPTION, supportsAsOf } from '../query/as-of.ts';
import { metaSchema } from '../query/schemas.ts';
import { healthSchema, statusSchema } from '../status/schemas.ts';
import { deadLetterPaths } from './dead-letter-paths.ts';
import { problemResponse, toJsonSchema, toQueryParameters } from './json-schema.ts';

/** One query as the catalogue lists it. */
export function describeQuery(domain: Domain, query: NamedQuery) {
  return {
    domain: domain.name,
    name: query.name,
    path: pathOf(domain, query),
    summary: query.summary,
    parameters: toJsonSchema(query.parameters, 'input'),
    row: toJsonSchema(query.row, 'output'),
  };
}

/** The whole API as OpenAPI 3.1, whose schemas are JSON Schema 2020-12: https://spec.openapis.org/oas/v3.1.1.html */
export function buildDocument(domains: readonly Domain[]) {
  const queries = domains.flatMap((domain) => domain.queries.map((query) => [domain, query] as const));
  return {
    openapi: '3.1.1',
    info: {
      title: 'Tidemark',
      version: '1',
      description: 'Unified answers over the hot tables and the lake; every answer states its own completeness.',
    },
    servers: [{ url: '/' }],
    paths: {
      '/v1/health': { get: describePlain('health', 'Whether each part answers', healthSchema, ['200', '503']) },
      '/v1/status': { get: describeStatus() },
      '/v1/queries': { get: describePlain('listQueries', 'Every query with its parameters', OBJECT) },
      '/v1/openapi.json': { get: describePlain('openapi', 'This document', OBJECT) },
      ...deadLetterPaths,
      ...Object.fromEntries(
        queries.map(([domain, query]) => [
          pathOf(domain, query),
          { get: describeOperation(domain, query, supportsAsOf(query, domains)) },
        ]),
      ),
    },
    components: { schemas: { Meta: toJsonSchema(metaSchema, 'output'), Problem: PROBLEM_SCHEMA } },
  };
}

const PROBLEM_SCHEMA = toJsonSchema(
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  }),
  'output',
);

const OBJECT = z.looseObject({});

const AS_OF_PARAMETER = {
  name: 'as_of',
  in: 'query',
  required: false,
  description: AS_OF_DESCRIPTION,
  example: '2026-11-20T10:00:00Z',
  schema: { type: 'string' },
};

function pathOf(domain: Domain, query: NamedQuery): string {
  return `/v1/queries/${domain.name}/${query.name}`;
}

function describeOperation(domain: Domain, query: NamedQuery, hasAsOf: boolean) {
  const answer = {
    type: 'object',
    required: ['data', 'meta'],
    properties: {
      data: { type: 'array', items: toJsonSchema(query.row, 'output') },
      meta: { $ref: '#/components/schemas/Meta' },
    },
  };
  return {
    operationId: `${domain.name}_${query.name}`,
    tags: [domain.name],
    summary: query.summary,
    parameters: [...toQueryParameters(query.parameters), ...(hasAsOf ? [AS_OF_PARAMETER] : [])],
    responses: {
      200: { description: 'The answer', content: { 'application/json': { schema: answer } } },
      400: problemResponse('A parameter is wrong; `errors` names it'),
      ...(hasAsOf && {
        404: problemResponse('The lake kept no snapshot for this as_of'),
        410: problemResponse('The snapshot is no longer kept'),
      }),
      503: problemResponse('A part that the answer needs is down'),
    },
  };
}

function describeStatus() {
  const { responses, ...operation } = describePlain('status', 'Where each stream stands', statusSchema);
  return { ...operation, responses: { ...responses, 503: problemResponse('A part that the answer needs is down') } };
}

function describePlain(operationId: string, summary: string, answer: z.ZodType, statuses: readonly string[] = ['200']) {
  const schema = toJsonSchema(answer, 'output');
  const response = { description: summary, content: { 'application/json': { schema } } };
  const responses = Object.fromEntries(statuses.map((status) => [status, response]));
  return { operationId, summary, responses: { ...responses, 400: problemResponse('It has no parameters') } };
}
