import type { DomainGenerator } from './domain-generator.ts';
import { CommandError } from './producing/command-error.ts';
import { parseCommandLine } from './producing/parse-command-line.ts';
import { parsePositive, parseWhole } from './producing/parse-numbers.ts';

export interface GenerateOptions {
  readonly generator: DomainGenerator;
  readonly seed: number;
  /** Undefined: as fast as Kafka takes them. */
  readonly ratePerSecond: number | undefined;
  readonly maxDurationMs: number | undefined;
  /** Undefined: no end. */
  readonly count: number | undefined;
  /** Milliseconds since 1970 UTC; undefined for live events. */
  readonly history: { readonly fromMs: number; readonly untilMs: number } | undefined;
}

const MAX_MONTHS = 240;

const OPTIONS = {
  rate: { type: 'string' },
  count: { type: 'string' },
  duration: { type: 'string' },
  seed: { type: 'string' },
  months: { type: 'string' },
  until: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads the command line of `npm run generate`.
 *
 * @param nowMs where a history without `--until` ends
 * @param randomSeed the seed of a run that was given none
 * @returns 'help' if that was asked for
 * @throws CommandError that says what is there to choose from
 */
export function readGenerateOptions(
  args: readonly string[],
  domainGenerators: readonly DomainGenerator[],
  { nowMs, randomSeed }: { nowMs: number; randomSeed: number },
): GenerateOptions | 'help' {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  if (values.help) return 'help';
  const generator = findGenerator(positionals, domainGenerators);
  const rate = parsePositive('rate', values.rate);
  const count = parseWhole('count', values.count, 1);
  const durationSeconds = parsePositive('duration', values.duration);
  const months = parseWhole('months', values.months, 1);
  if (months === undefined && values.until !== undefined) {
    throw new CommandError('--until only has a meaning with --months: it is the end of the history.');
  }
  if (months !== undefined && months > MAX_MONTHS) throw new CommandError(`--months ${months}: at most ${MAX_MONTHS}.`);

  return {
    generator,
    seed: parseWhole('seed', values.seed, 0) ?? randomSeed,
    maxDurationMs: durationSeconds === undefined ? undefined : durationSeconds * 1_000,
    ...(months === undefined
      ? { ratePerSecond: rate ?? generator.liveEventsPerSecond, count, history: undefined }
      : {
          ratePerSecond: rate,
          count: count ?? months * generator.historyEventsPerMonth,
          history: spanMonths(months, values.until === undefined ? nowMs : parseUntil(values.until)),
        }),
  };
}

/** The whole text of `--help`. */
export function describeGenerate(domainGenerators: readonly DomainGenerator[]): string {
  const domains = domainGenerators.map(
    ({ domain, description, liveEventsPerSecond, historyEventsPerMonth }) =>
      `  ${domain}  ${description}; ${liveEventsPerSecond}/s live, ${historyEventsPerMonth} a month of history`,
  );
  return `Makes up events and produces them to Kafka (KAFKA_BROKERS, by default 127.0.0.1:9092).

npm run generate -- <domain> [options]

Domains (<domain>  what; default amounts)
${domains.join('\n')}

Options
  --rate N      events per second; live: see above, history: as fast as Kafka takes them
  --count N     end after N events; with --months, how many events the history has
  --duration S  end after S seconds
  --seed N      the same seed makes the same events (live ones at other times); by default a new one, which is shown
  --months N    the last N months instead of live events: yearly season, weekday and hour patterns, price drift
  --until T     end of the history, ISO 8601 ("2026-11-01" or "2026-11-01T12:00:00Z"); by default now
  --help        this text

Ctrl-C ends after the batch in flight.`;
}

function findGenerator(positionals: readonly string[], domainGenerators: readonly DomainGenerator[]): DomainGenerator {
  const [domain, ...others] = positionals;
  const known = domainGenerators.map((generator) => generator.domain).join(', ');
  const generator = domainGenerators.find((candidate) => candidate.domain === domain);
  if (domain === undefined) throw new CommandError(`Which domain? One of ${known} (--help shows all options).`);
  if (generator === undefined) throw new CommandError(`Unknown domain "${domain}": one of ${known}.`);
  if (others.length > 0) throw new CommandError(`One domain at a time: "${others.join(' ')}" is one too many.`);
  return generator;
}

function parseUntil(text: string): number {
  const untilMs = /^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(untilMs)) throw new CommandError(`--until ${text}: must be "2026-11-01" or "2026-11-01T12:00:00Z".`);
  return untilMs;
}

/** Calendar months back from the end; the 31st becomes the shorter month's last day. */
function spanMonths(months: number, untilMs: number): { fromMs: number; untilMs: number } {
  const from = new Date(untilMs);
  const day = from.getUTCDate();
  from.setUTCDate(1);
  from.setUTCMonth(from.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 0)).getUTCDate();
  from.setUTCDate(Math.min(day, lastDay));
  return { fromMs: from.getTime(), untilMs };
}
