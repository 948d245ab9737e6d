// npm run reset [-- --yes]: deletes the local state, after asking.
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { readSettings } from '../start/settings.ts';
import { deleteState } from './delete-state.ts';

const USAGE = `npm run reset [-- --yes]

Deletes everything that Tidemark keeps on this machine: Kafka's records, ClickHouse's tables, the lake, the passwords
and the logs. Downloads are kept.

  --yes    does not ask
  --help   this text`;

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { yes: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) return console.log(USAGE);
  const { stateDir } = readSettings(process.env);
  if (!values.yes && !(await askWhether(`Delete ${stateDir} with all events, tables and the lake?`))) {
    return console.log('Nothing was deleted.');
  }
  const wasThere = await deleteState(stateDir);
  console.log(wasThere ? `Deleted ${stateDir}.` : `There is nothing at ${stateDir}.`);
}

async function askWhether(question: string): Promise<boolean> {
  if (!stdin.isTTY) throw new Error('There is no terminal to ask on: `npm run reset -- --yes` deletes without asking.');
  const terminal = createInterface({ input: stdin, output: stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
