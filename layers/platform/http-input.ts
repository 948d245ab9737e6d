import type { APIGatewayProxyEvent } from 'aws-lambda';
import { z } from 'zod';
import { type FieldError, Problem } from './http.ts';

/** Whether API Gateway sent it, and not somebody who invokes the function. */
export function isHttpRequest(event: unknown): event is APIGatewayProxyEvent {
  return typeof event === 'object' && event !== null && 'httpMethod' in event && 'headers' in event;
}

/**
 * Refuses what a browser sends for a page of another site, by the headers that no page can forge. A gateway may allow
 * other sites without being asked to: serverless-offline does, whatever the template says.
 * https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 *
 * @throws Problem 403
 */
export function refuseOtherSites(event: APIGatewayProxyEvent): void {
  const site = headerOf(event, 'sec-fetch-site');
  const origin = headerOf(event, 'origin');
  const isOwnOrigin = origin === undefined || origin.replace(/^https?:\/\//, '') === headerOf(event, 'host');
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (isOwnOrigin && isOwnSite) return;
  throw new Problem(403, 'Forbidden', 'Pages of other sites have no access.');
}

function headerOf({ headers }: APIGatewayProxyEvent, wanted: string): string | undefined {
  const [, value] = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted) ?? [];
  return value ?? undefined;
}

/**
 * Reads the JSON body of a request. Only `application/json` is taken, which no form and no script sends to another site
 * without asking it first (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
 *
 * @throws Problem 415 for another content type, 400 for what is not JSON
 */
export function readJsonBody(event: APIGatewayProxyEvent): unknown {
  const { body, isBase64Encoded } = event;
  if (!/^application\/json\s*(;|$)/i.test(headerOf(event, 'content-type') ?? '')) {
    throw new Problem(415, 'Unsupported media type', 'The body must be sent as application/json.');
  }
  const text = isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? '');
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest([{ field: 'body', message: 'must be JSON' }]);
  }
}

/** What decoding writes for bytes that are not UTF-8. */
const NO_UTF8 = '\ufffd';

/** The one value of each name in a query string. @throws Problem 400 for a name without one value, or no UTF-8 */
export function readSingleValues(
  given: Readonly<Record<string, readonly string[] | undefined>>,
): Record<string, string> {
  const wrong = Object.entries(given).flatMap(([field, values]): FieldError[] => {
    const [value, ...more] = values ?? [];
    if (more.length > 0) return [{ field, message: 'must be given once' }];
    if (!value) return [{ field, message: 'must not be empty' }];
    return value.includes(NO_UTF8) ? [{ field, message: 'must be UTF-8, percent-encoded' }] : [];
  });
  if (wrong.length > 0) throw invalidRequest(wrong);
  return Object.fromEntries(Object.entries(given).map(([name, values]) => [name, values?.[0] ?? '']));
}

/** The names and values of a request's path and query string. @throws Problem 400 for a name without one value */
export function readQuery(event: APIGatewayProxyEvent): Record<string, string> {
  const query = event.multiValueQueryStringParameters ?? {};
  const path = Object.entries(event.pathParameters ?? {}).map(([name, value]) => {
    return [name, [value ?? '', ...(query[name] ?? [])]] as const;
  });
  return readSingleValues({ ...query, ...Object.fromEntries(path) });
}

const NOTHING = z.strictObject({});

/** Refuses every parameter in the query string. @throws Problem 400 that names each */
export function readNoParameters(event: APIGatewayProxyEvent): void {
  readInput(NOTHING, readQuery(event));
}

/** Holds what was sent against its schema. @throws Problem 400 that names each field that is wrong */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalidRequest(
    result.error.issues.flatMap((issue): FieldError[] => {
      if (issue.code === 'unrecognized_keys') {
        return issue.keys.map((field) => ({ field: [...issue.path, field].join('.'), message: 'is not known here' }));
      }
      return [{ field: issue.path.join('.') || 'body', message: issue.message }];
    }),
  );
}

/** The 400 that names each field that is wrong. */
export function invalidRequest(errors: readonly FieldError[]): Problem {
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  return new Problem(400, 'Invalid request', detail, errors);
}
