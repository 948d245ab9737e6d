import { describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { readNoParameters } from '../../../layers/platform/http-input.ts';

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
