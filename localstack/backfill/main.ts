// npm run backfill -- <stream> <file…>: loads history through the running stack's function `backfill`, slice by slice.
import { CommandError } from '../generators/producing/command-error.ts';
import { runCommand } from '../generators/producing/run-command.ts';
import { invokeFunction } from '../invoke/invoke-function.ts';
import { BACKFILL_HELP, readBackfillOptions } from './options.ts';
import { runBackfill } from './run-backfill.ts';

const DEFAULT_LAMBDA_PORT = 3002;

await runCommand(async () => {
  const options = readBackfillOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(BACKFILL_HELP);
    return;
  }
  const endpoint = `http://127.0.0.1:${process.env.LAMBDA_PORT || DEFAULT_LAMBDA_PORT}`;
  const invoke = (payload: unknown) =>
    invokeFunction(endpoint, 'backfill', payload).catch((error: Error) => {
      throw new CommandError(error.message, error);
    });
  await runBackfill(options, { invoke, print: console.log });
});
