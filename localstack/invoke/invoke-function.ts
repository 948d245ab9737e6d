import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

/** What the function returned, or the error that it threw. */
export interface Outcome {
  readonly hasFailed: boolean;
  readonly payload: unknown;
}

const SERVICE = 'tidemark';
const STAGE = 'local';
const FUNCTION_ERROR = 'x-amz-function-error';

/**
 * Calls Lambda's Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), which serverless-offline,
 * the emulator and AWS speak alike: a function that throws answers 200 with `X-Amz-Function-Error`.
 *
 * @throws Error with the remedy when nothing answers there
 */
export async function invokeFunction(endpoint: string, name: string, event: unknown): Promise<Outcome> {
  const url = `${endpoint}/2015-03-31/functions/${SERVICE}-${STAGE}-${name}/invocations`;
  const { response, text } = await post(url, JSON.stringify(event));
  const hasFailed = response.statusCode !== 200 || response.headers[FUNCTION_ERROR] !== undefined;
  return { hasFailed, payload: parsePayload(text) };
}

/** Not `fetch`, which gives up after five minutes: a function may take fifteen. */
async function post(url: string, body: string): Promise<{ response: IncomingMessage; text: string }> {
  const sent = request(url, { method: 'POST' }).end(body);
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { response, text: (await response.setEncoding('utf8').toArray()).join('') };
  } catch (cause) {
    throw new Error(`No answer from ${new URL(url).origin}: start the stack with \`npm start\` first.`, { cause });
  }
}

function parsePayload(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text; // an emulator's own words
  }
}
