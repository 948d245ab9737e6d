// npm run invoke -- <function> [--data JSON]: runs one function of the running stack and prints what it returns.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { invokeFunction } from './invoke-function.ts';
import { listFunctions } from './list-functions.ts';

const template = fileURLToPath(new URL('../../serverless.yml', import.meta.url));
const DEFAULT_LAMBDA_PORT = 3002;

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const functions = listFunctions(await readFile(template, 'utf8'));
  const usage = [
    'npm run invoke -- <function> [--data JSON]',
    '',
    'Runs a function of the running stack with the JSON as its event ({} by default) and prints its result.',
    '',
    'Functions:',
    ...functions.map((name) => `  ${name}`),
  ].join('\n');
  const { values, positionals } = parseArgs({
    options: { data: { type: 'string', default: '{}' }, help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new Error(usage);
  if (!functions.includes(name)) throw new Error(`There is no function ${name}. Functions: ${functions.join(', ')}.`);
  const endpoint = `http://127.0.0.1:${process.env.LAMBDA_PORT || DEFAULT_LAMBDA_PORT}`;
  const outcome = await invokeFunction(endpoint, name, parseEvent(values.data));
  const text = JSON.stringify(outcome.payload, null, 2) ?? 'null';
  if (outcome.hasFailed) console.error(text);
  else console.log(text);
  return outcome.hasFailed ? 1 : 0;
}

function parseEvent(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (error) {
    throw new Error(`--data is not JSON (${(error as Error).message}): ${data}`);
  }
}
