import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { TidemarkError } from './errors.ts';
import type { Log } from './log.ts';

/** A field of a request that is not what it should be. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A request that cannot be answered, as its caller is told (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457). */
export class Problem extends TidemarkError {
  readonly status: number;
  readonly title: string;
  readonly errors: readonly FieldError[];

  constructor(status: number, title: string, detail: string, errors: readonly FieldError[] = []) {
    super(detail, { retryable: status >= 500 });
    this.status = status;
    this.title = title;
    this.errors = errors;
  }
}

/** An answer that has taken all of its function's time but this becomes a problem: Lambda would send none. */
const TIME_TO_SAY_SO_MS = 2000;

/**
 * Makes a Lambda handler of a function that answers or throws. A Problem becomes its document; a dependency that is
 * down becomes 503, which names it; anything else 500, without a word about the inside.
 */
export function createHttpHandler(answer: (request: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>, log: Log) {
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>({
    timeoutEarlyInMillis: TIME_TO_SAY_SO_MS,
    timeoutEarlyResponse: () => {
      throw new TidemarkError("the function's time is over", { retryable: true });
    },
  })
    .use({
      onError: (request) => {
        const { error } = request;
        if (!(error instanceof Problem))
          log.error('request failed', { path: request.event.path, error: String(error) });
        request.response = toProblemDocument(error);
      },
    })
    .handler(answer);
}

/** An answer that no cache keeps. */
export function jsonResponse(body: unknown, statusCode = 200): APIGatewayProxyResult {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  return { statusCode, headers, body: JSON.stringify(body) };
}

function toProblemDocument(error: unknown): APIGatewayProxyResult {
  const { status, title, message, errors } = toProblem(error);
  const document = { type: 'about:blank', title, status, detail: message, ...(errors.length > 0 && { errors }) };
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(status === 503 && { 'retry-after': '1' }),
    },
    body: JSON.stringify(document),
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof TidemarkError && error.retryable) {
    const part = error.part ?? 'A part that the answer needs';
    return new Problem(503, 'Service unavailable', `${part} is not available. Try again shortly.`);
  }
  return new Problem(500, 'Internal error', 'The request failed inside; the log has the reason.');
}
