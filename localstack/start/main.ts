// npm start: installs what is missing, starts everything, keeps it running until it is told to stop.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings } from './settings.ts';
import { startStack } from './stack.ts';
import { StartError } from './start-error.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { describeStack } from './summary.ts';
import { createTerminal } from './terminal.ts';

const USAGE = `npm start [-- --no-generate]

Starts Kafka, ClickHouse, S3 and the functions on this machine, and a generator of made-up events of every
domain (npm run generate -- --help says how many).

  --no-generate   no made-up events
  --help          this text

Environment: TIDEMARK_STATE, KAFKA_PORT, KAFKA_CONTROLLER_PORT, CLICKHOUSE_PORT, EMULATOR_PORT, API_PORT, LAMBDA_PORT,
KAFKA_TRIGGER_STATUS_PORT;
KAFKA_BROKERS, CLICKHOUSE_URL, S3_ENDPOINT (or AWS_ENDPOINT_URL) use what runs elsewhere;
CLICKHOUSE_ADMIN_PASSWORD, CLICKHOUSE_INGEST_PASSWORD, CLICKHOUSE_QUERY_PASSWORD;
EVENTS_PER_SECOND and NUM_USERS of the made-up user events.`;

const stopping = stopOnSignal();
try {
  const { help, generate } = readArguments();
  if (help) console.log(USAGE);
  else await run(generate);
} catch (error) {
  if (!stopping.signal.aborted) {
    console.error(error instanceof StartError ? error.message : error);
    process.exitCode = 1;
  }
}
process.exit();

async function run(generate: boolean): Promise<void> {
  const settings = readSettings(process.env);
  const terminal = createTerminal(process.stdout, join(settings.stateDir, 'logs'));
  stopping.signal.addEventListener('abort', () => terminal.report('tidemark', 'stopping'));
  const stack = await startStack({ generate, signal: stopping.signal, report: terminal.report });
  for (const line of describeStack(stack)) terminal.print(line);
  await stopping.requested;
  await stack.stop();
  terminal.report('tidemark', 'stopped');
}

function readArguments(): { help: boolean; generate: boolean } {
  try {
    const { values } = parseArgs({
      options: { 'no-generate': { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
    return { help: values.help, generate: !values['no-generate'] };
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${USAGE}`);
  }
}
