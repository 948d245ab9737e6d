import type { z } from 'zod';
import {
  discardAnswerSchema,
  listAnswerSchema,
  replayAnswerSchema,
  showAnswerSchema,
} from '../dead-letters/answers.ts';
import { discardSchema, listSchema, replaySchema, showSchema } from '../dead-letters/requests.ts';
import { problemResponse, toJsonSchema, toQueryParameters } from './json-schema.ts';

/** The dead-letter tools, from the schemas that their requests and answers have. */
export const deadLetterPaths = {
  '/v1/dead-letters': {
    get: {
      ...describe('listDeadLetters', 'Refused records, counted by reason', listAnswerSchema, {
        400: 'A parameter is wrong; `errors` names it',
      }),
      parameters: toQueryParameters(listSchema),
    },
  },
  '/v1/dead-letters/{stream}/{partition}/{offset}': {
    get: {
      ...describe('showDeadLetter', 'One refused record with its bytes and its history', showAnswerSchema, {
        400: 'A parameter is wrong; `errors` names it',
        404: 'There is no such dead letter',
      }),
      parameters: toQueryParameters(showSchema, 'path'),
    },
  },
  '/v1/dead-letters/replay': {
    post: {
      ...describe(
        'replayDeadLetters',
        'Judges refused records again, produces those that are events now',
        replayAnswerSchema,
        {
          ...problemsOfActions(),
          409: 'Another replay of the stream has taken over, or Kafka has forgotten how an earlier one ended: send `unresolved`',
        },
      ),
      requestBody: bodyOf(replaySchema),
    },
  },
  '/v1/dead-letters/discard': {
    post: {
      ...describe(
        'discardDeadLetters',
        'Writes down that refused records stay out',
        discardAnswerSchema,
        problemsOfActions(),
      ),
      requestBody: bodyOf(discardSchema),
    },
  },
};

function problemsOfActions() {
  return { 400: 'A field is wrong; `errors` names it', 415: 'The body is not application/json' };
}

function describe(operationId: string, summary: string, answer: z.ZodType, problems: Readonly<Record<number, string>>) {
  const schema = toJsonSchema(answer, 'output');
  return {
    operationId,
    tags: ['dead letters'],
    summary,
    responses: {
      200: { description: summary, content: { 'application/json': { schema } } },
      ...Object.fromEntries(Object.entries(problems).map(([status, text]) => [status, problemResponse(text)])),
      503: problemResponse('A part that the answer needs is down'),
    },
  };
}

function bodyOf(schema: z.ZodType) {
  return { required: true, content: { 'application/json': { schema: toJsonSchema(schema, 'input') } } };
}
