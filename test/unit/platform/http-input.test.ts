import { describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { readNoParameters, readQuery } from '../../../layers/platform/http-input.ts';

const eventWith = (multiValueQueryStringParameters: Record<string, string[]> | null) =>
  ({ multiValueQueryStringParameters }) as APIGatewayProxyEvent;

describe('a function without parameters', () => {
  it.each([
    ['a request without a query string', eventWith(null)],
    ['an invocation with an empty payload', {} as APIGatewayProxyEvent],
  ])('takes %s', (_what, event) => {
    expect(() => readNoParameters(event)).not.toThrow();
  });

  it('refuses every parameter by its name', () => {
    expect(() => readNoParameters(eventWith({ x: ['1'], stream: ['a'] }))).toThrow(
      expect.objectContaining({
        status: 400,
        errors: ['x', 'stream'].map((field) => ({ field, message: 'is not known here' })),
      }),
    );
  });
});

describe('path and query string', () => {
  const event = (query: Record<string, string[]>) =>
    ({ pathParameters: { offset: '7' }, multiValueQueryStringParameters: query }) as unknown as APIGatewayProxyEvent;

  it('are read together', () => {
    expect(readQuery(event({ limit: ['5'] }))).toEqual({ limit: '5', offset: '7' });
  });

  it('may not say two things of one name', () => {
    expect(() => readQuery(event({ offset: ['8'] }))).toThrow(
      expect.objectContaining({ errors: [{ field: 'offset', message: 'must be given once' }] }),
    );
  });
});
