import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { AwsClientConfig } from '../aws/client-config.ts';
import { FunctionError, type Invoker } from './invoker.ts';

/** Time beyond the function's own for its answer to arrive. */
const GRACE_MS = 5_000;
/** Less than the grace, so that it passes first. */
const CONNECTION_TIMEOUT_MS = 3_000;

/**
 * Runs functions through the Lambda Invoke API: ministack's, serverless-offline's, LocalStack's, or AWS's own.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (2026-11).
 */
export function createLambdaApiInvoker(config: AwsClientConfig): Invoker {
  // One attempt: a repeat is the failure policy's decision. No limit on the wait for an answer but the function's own,
  // and a shorter one for the connection, so that an endpoint that is away is not taken for a slow function.
  const requestHandler = { requestTimeout: 0, connectionTimeout: CONNECTION_TIMEOUT_MS };
  const client = new LambdaClient({ ...config, maxAttempts: 1, requestHandler });
  return {
    async invoke({ functionName, functionTimeoutMs }, event) {
      const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
      const abortSignal = AbortSignal.timeout(Math.max(0, functionTimeoutMs + GRACE_MS));
      const answer = await client.send(command, { abortSignal }).catch((error: unknown) => {
        throw abortSignal.aborted ? new FunctionError(`timeout: no answer after ${functionTimeoutMs} ms`) : error;
      });
      const text = answer.Payload?.transformToString() ?? '';
      // A function's error comes as status 200 with a header.
      if (answer.FunctionError !== undefined)
        throw new FunctionError(`${answer.FunctionError}: ${readErrorMessage(text)}`);
      return parseJson(text);
    },
    close: async () => client.destroy(),
  };
}

function readErrorMessage(text: string): string {
  const { errorMessage } = Object(parseJson(text)) as Record<string, unknown>;
  return String(errorMessage ?? text.slice(0, 200));
}

/** A function's answer may be empty or text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}
