import { resolve } from 'node:path';
import { CommandError } from '../generators/producing/command-error.ts';
import { parseCommandLine } from '../generators/producing/parse-command-line.ts';

export interface BackfillOptions {
  readonly stream: string;
  /** `s3://…` or whole paths. */
  readonly sources: readonly string[];
  readonly format: string | undefined;
  readonly mapping: Readonly<Record<string, string>>;
  readonly loadId: string | undefined;
  readonly isDryRun: boolean;
}

const OPTIONS = {
  format: { type: 'string' },
  map: { type: 'string', multiple: true },
  'load-id': { type: 'string' },
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The whole text of `--help`. */
export const BACKFILL_HELP = `Loads history from files through a stream's topic, each record once.

npm run backfill -- <stream> <file…> [options]

A file is a path, s3://bucket/key, or s3://bucket/prefix/ for all below it.
Its name says its format: .csv, .ndjson, .jsonl or .json (a line is an object), each also with .gz, or .parquet.

Options
  --dry-run          judges the file by today's schema, and produces nothing
  --map COLUMN=FIELD the file's column is the event's field; may be repeated
  --format FORMAT    csv, ndjson or parquet, where the name does not say it
  --load-id ID       names the load; by default it follows from the file's name
  --help             this text

Ctrl-C leaves a load where it is: the same command goes on. A file that was loaded is not loaded again.`;

/**
 * Reads the command line of `npm run backfill`.
 *
 * @returns 'help' if that was asked for
 * @throws CommandError that says what is missing
 */
export function readBackfillOptions(args: readonly string[]): BackfillOptions | 'help' {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  if (values.help) return 'help';
  const [stream, ...files] = positionals;
  if (stream === undefined || files.length === 0) {
    throw new CommandError('Which stream and which file? npm run backfill -- <stream> <file…> (--help shows all).');
  }
  if (values['load-id'] !== undefined && files.length > 1) {
    throw new CommandError('--load-id names one load: give one file.');
  }
  return {
    stream,
    sources: files.map((file) => (file.startsWith('s3://') ? file : resolve(file))),
    format: values.format,
    mapping: Object.fromEntries((values.map ?? []).map(readPair)),
    loadId: values['load-id'],
    isDryRun: values['dry-run'] === true,
  };
}

function readPair(text: string): [string, string] {
  const [, column, field] = /^([^=]+)=([^=]+)$/.exec(text) ?? [];
  if (column === undefined || field === undefined) throw new CommandError(`--map ${text}: must be COLUMN=FIELD.`);
  return [column, field];
}
