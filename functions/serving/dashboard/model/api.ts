import { createTurnstile, type Turnstile } from './turnstile.ts';

/** A page asks for all its parts at once, and each answer takes several of the eight places that ClickHouse gives. */
const MOST_REQUESTS = 3;
const READ_TIMEOUT_MS = 10_000;
/** API Gateway's own limit: the API answers before it, with what is done so far. */
const WRITE_TIMEOUT_MS = 29_000;

/** An answer that did not come, or came as an error. The message is a sentence for the reader. */
export class ApiError extends Error {
  /** The HTTP status; undefined when no answer came. */
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.status = options.status;
  }
}

/** Reads one JSON resource of the API. `acceptedStatus` is an answer although it is not 2xx. */
export type GetJson = <T>(
  path: string,
  parameters?: Record<string, string | number>,
  acceptedStatus?: number,
) => Promise<T>;

/** Sends one JSON body, and reads the JSON answer. */
export type PostJson = <T>(path: string, body: unknown) => Promise<T>;

/** The API, as the pages use it. */
export interface Api {
  getJson: GetJson;
  postJson: PostJson;
}

/**
 * Makes the client of the API that stands at `baseUrl` (with its slash at the end).
 * @throws ApiError by its functions: no answer, no answer in time, an error status, or no JSON.
 */
export function createApi(baseUrl: string, fetchImpl: typeof fetch): Api {
  const takeTurn = createTurnstile(MOST_REQUESTS);
  return {
    getJson: async <T>(path: string, parameters: Record<string, string | number> = {}, acceptedStatus?: number) => {
      const url = new URL(path, baseUrl);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, String(value));
      return request<T>(url, {}, { fetchImpl, takeTurn, timeoutMs: READ_TIMEOUT_MS, acceptedStatus });
    },
    postJson: async <T>(path: string, body: unknown) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return request<T>(new URL(path, baseUrl), init, { fetchImpl, takeTurn, timeoutMs: WRITE_TIMEOUT_MS });
    },
  };
}

interface RequestOptions {
  fetchImpl: typeof fetch;
  takeTurn: Turnstile;
  timeoutMs: number;
  acceptedStatus?: number | undefined;
}

async function request<T>(url: URL, init: RequestInit, options: RequestOptions): Promise<T> {
  // The time limit begins with the turn.
  const response = await options.takeTurn(() => send(url, init, options));
  if (!response.ok && !isAccepted(response, options.acceptedStatus)) throw await describeFailure(response);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw new ApiError(`The answer of ${url.pathname} is not JSON.`, { status: response.status, cause });
  }
}

async function send(url: URL, init: RequestInit, { fetchImpl, timeoutMs }: RequestOptions): Promise<Response> {
  try {
    return await fetchImpl(url, {
      ...init,
      headers: { accept: 'application/json', ...init.headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    const timedOut = cause instanceof Error && cause.name === 'TimeoutError';
    throw new ApiError(
      timedOut ? `No answer within ${timeoutMs / 1000} seconds.` : 'The API cannot be reached. Is npm start running?',
      { cause },
    );
  }
}

/** A problem document is never an answer, whatever its status. */
function isAccepted(response: Response, acceptedStatus: number | undefined): boolean {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  return response.status === acceptedStatus && !isProblem;
}

async function describeFailure(response: Response): Promise<ApiError> {
  const body = await response.text();
  return new ApiError(readProblem(body) ?? `The API answered ${response.status}.`, { status: response.status });
}

/** The sentence of an RFC 9457 problem: its detail and the fields it names. */
function readProblem(body: string): string | undefined {
  try {
    const problem = JSON.parse(body) as {
      title?: string;
      detail?: string;
      errors?: { field: string; message: string }[];
    };
    const fields = (problem.errors ?? []).map((error) => `${error.field}: ${error.message}`);
    const detail = problem.detail ?? problem.title;
    // A detail may name its fields itself.
    const others = fields.filter((field) => !detail?.includes(field));
    const sentences = [detail, ...others].filter((part) => part !== undefined);
    return sentences.length === 0 ? undefined : sentences.join(' · ');
  } catch {
    // Not a problem document (a proxy's page, say): the caller falls back to the status.
    return undefined;
  }
}
