import { createHttpHandler, jsonResponse } from '@tidemark/platform/http';
import {
  isHttpRequest,
  readInput,
  readJsonBody,
  readNoParameters,
  readQuery,
  refuseOtherSites,
} from '@tidemark/platform/http-input';
import type { Log } from '@tidemark/platform/log';
import type { Context } from 'aws-lambda';
import type { z } from 'zod';

/** What API Gateway waits for, less what a chunk and the answer take. */
const HTTP_MS = 18_000;
/** An invocation's last chunk has so long. */
const RESERVE_MS = 15_000;

export interface Tool<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Where an HTTP request says what it wants; an invocation says it in its payload. */
  readonly input: 'query' | 'body';
  /** Begins nothing new when `remainingMs` are over. */
  run(request: z.output<Schema>, remainingMs: number): Promise<unknown>;
}

/**
 * Makes a handler for both API Gateway and `npm run invoke`: the same request, the same answer. A request that is wrong
 * is a problem document there, and a failed invocation that names the field here.
 */
export function answerBothWays<Schema extends z.ZodType>({ schema, input, run }: Tool<Schema>, log: Log) {
  const overHttp = createHttpHandler(async (event) => {
    refuseOtherSites(event);
    if (input === 'body') readNoParameters(event);
    const given = input === 'body' ? readJsonBody(event) : readQuery(event);
    return jsonResponse(await run(readInput(schema, given), HTTP_MS));
  }, log);
  return async function handler(event: unknown, context: Context): Promise<unknown> {
    if (isHttpRequest(event)) return overHttp(event, context);
    return run(readInput(schema, event ?? {}), context.getRemainingTimeInMillis() - RESERVE_MS);
  };
}
