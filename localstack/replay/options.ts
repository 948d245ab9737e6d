import { CommandError } from '../generators/producing/command-error.ts';
import { parseCommandLine } from '../generators/producing/parse-command-line.ts';
import { parsePositive, parseWhole } from '../generators/producing/parse-numbers.ts';
import type { Dataset } from './dataset.ts';

export interface ReplayOptions {
  readonly dataset: Dataset;
  /** Events from the beginning of the data set; undefined: all. */
  readonly limit: number | undefined;
  /** Undefined: as fast as Kafka takes them. */
  readonly ratePerSecond: number | undefined;
}

const OPTIONS = {
  limit: { type: 'string' },
  rate: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads the command line of `npm run replay`.
 *
 * @returns 'help' if that was asked for
 * @throws CommandError that says what is there to choose from
 */
export function readReplayOptions(args: readonly string[], datasets: readonly Dataset[]): ReplayOptions | 'help' {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  if (values.help) return 'help';
  const known = datasets.map(({ name }) => name).join(', ');
  const [name, ...others] = positionals;
  const dataset = datasets.find((candidate) => candidate.name === name);
  if (name === undefined) throw new CommandError(`Which data set? One of ${known} (--help shows all options).`);
  if (dataset === undefined) throw new CommandError(`Unknown data set "${name}": one of ${known}.`);
  if (others.length > 0) throw new CommandError(`One data set at a time: "${others.join(' ')}" is one too many.`);
  return {
    dataset,
    limit: parseWhole('--limit', values.limit, 1),
    ratePerSecond: parsePositive('--rate', values.rate),
  };
}

/** The whole text of `--help`. */
export function describeReplay(datasets: readonly Dataset[]): string {
  return `Streams real data into Kafka (KAFKA_BROKERS, by default 127.0.0.1:9092).

npm run replay -- <data set> [options]

Data sets
${datasets.map(({ name, description }) => `  ${name}  ${description}`).join('\n')}

Options
  --limit N  only the first N events
  --rate N   events per second; by default as fast as Kafka takes them
  --help     this text

Ctrl-C ends after the batch in flight. A second replay adds the same events once more.`;
}
