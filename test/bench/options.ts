import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Events of the load. */
  readonly events: number;
  /** Where to write the figures as JSON. */
  readonly jsonFile: string | undefined;
  /** Where `npm start` may leave its state and logs for a look afterwards; by default they are deleted. */
  readonly keepState: boolean;
}

export const USAGE = `npm run bench [-- --events N] [--json FILE] [--keep]

Starts a stack of its own on free ports with fresh state, measures it, and deletes it: about six minutes.

  --events N    events of the load (1000000)
  --json FILE   the figures as JSON too
  --keep        leave the state directory, with the logs of all parts
  --help        this text`;

/** @returns undefined where the help was asked for. @throws Error whose message is for the terminal */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '1000000' },
      json: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const events = Number(values.events);
  if (!Number.isInteger(events) || events < 1000) {
    throw new Error(`--events ${values.events}: give a whole number from 1000`);
  }
  return { events, jsonFile: values.json, keepState: values.keep };
}
