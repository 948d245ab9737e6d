import type { DomainGenerator } from './domain-generator.ts';
import { CommandError } from './producing/command-error.ts';
import type { Disturbance } from './producing/disturb.ts';
import { parseCommandLine } from './producing/parse-command-line.ts';
import { parsePercent, parsePositive, parseWhole } from './producing/parse-numbers.ts';
import { parseUntil, spanMonths } from './span-months.ts';

export interface GenerateOptions {
  readonly sources: readonly GenerateSource[];
  readonly seed: number;
  readonly maxDurationMs: number | undefined;
  /** Of all sources together; undefined: no end. */
  readonly count: number | undefined;
  /** Milliseconds since 1970 UTC; undefined for live events. */
  readonly history: { readonly fromMs: number; readonly untilMs: number } | undefined;
  /** Undefined where all events are well made. */
  readonly disturbance: Disturbance | undefined;
}

/** A domain, and how its events are made up. */
export interface GenerateSource {
  readonly generator: DomainGenerator;
  /** Undefined: as fast as Kafka takes them. */
  readonly ratePerSecond: number | undefined;
  /** Undefined where the domain has none. */
  readonly users: number | undefined;
}

export interface GenerateSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where a history without `--until` ends. */
  readonly nowMs: number;
  /** The seed of a run that was given none. */
  readonly randomSeed: number;
}

const MAX_MONTHS = 240;

const OPTIONS = {
  rate: { type: 'string' },
  count: { type: 'string' },
  duration: { type: 'string' },
  seed: { type: 'string' },
  users: { type: 'string' },
  months: { type: 'string' },
  until: { type: 'string' },
  late: { type: 'string' },
  duplicate: { type: 'string' },
  poison: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = { readonly [Name in Exclude<keyof typeof OPTIONS, 'help'>]?: string };

/**
 * Reads the command line of `npm run generate`.
 *
 * @returns 'help' if that was asked for
 * @throws CommandError that says what is there to choose from
 */
export function readGenerateOptions(
  args: readonly string[],
  domainGenerators: readonly DomainGenerator[],
  { env, nowMs, randomSeed }: GenerateSurroundings,
): GenerateOptions | 'help' {
  const { values, positionals } = parseCommandLine(args, OPTIONS);
  if (values.help) return 'help';
  const generators = findGenerators(positionals, domainGenerators);
  const rate = parsePositive('--rate', values.rate);
  const count = parseWhole('--count', values.count, 1);
  const durationSeconds = parsePositive('--duration', values.duration);
  const months = readMonths(values, generators);
  const [first] = generators;

  return {
    sources: generators.map((generator) => ({
      generator,
      ratePerSecond: months === undefined ? (rate ?? readLiveRate(generator, env)) : rate,
      users: readUsers(generator, values.users, env),
    })),
    seed: parseWhole('--seed', values.seed, 0) ?? randomSeed,
    maxDurationMs: durationSeconds === undefined ? undefined : durationSeconds * 1_000,
    count: months === undefined ? count : (count ?? months * first.historyEventsPerMonth),
    history: months === undefined ? undefined : spanMonths(months, parseUntil(values.until) ?? nowMs),
    disturbance: readDisturbance(values),
  };
}

function findGenerators(
  names: readonly string[],
  domainGenerators: readonly DomainGenerator[],
): [DomainGenerator, ...DomainGenerator[]] {
  const known = domainGenerators.map(({ domain }) => domain).join(', ');
  const [first, ...others] = [...new Set(names)].map((name) => {
    const generator = domainGenerators.find(({ domain }) => domain === name);
    if (generator === undefined) throw new CommandError(`Unknown domain "${name}": one of ${known}.`);
    return generator;
  });
  if (first === undefined) throw new CommandError(`Which domain? One of ${known} (--help shows all options).`);
  return [first, ...others];
}

function readMonths({ months, until }: Values, { length }: readonly DomainGenerator[]): number | undefined {
  const count = parseWhole('--months', months, 1);
  if (count === undefined && until !== undefined) {
    throw new CommandError('--until only has a meaning with --months: it is the end of the history.');
  }
  if (count !== undefined && count > MAX_MONTHS) throw new CommandError(`--months ${count}: at most ${MAX_MONTHS}.`);
  if (count !== undefined && length > 1) throw new CommandError('--months makes the history of one domain at a time.');
  return count;
}

function readLiveRate({ variables, liveEventsPerSecond }: DomainGenerator, env: GenerateSurroundings['env']): number {
  const name = variables?.liveEventsPerSecond;
  return (name && parsePositive(name, env[name] || undefined)) || liveEventsPerSecond;
}

function readUsers(
  { domain, users, variables }: DomainGenerator,
  given: string | undefined,
  env: GenerateSurroundings['env'],
): number | undefined {
  if (users === undefined) {
    if (given !== undefined) throw new CommandError(`--users ${given}: ${domain} has no users.`);
    return undefined;
  }
  const name = variables?.users;
  return parseWhole('--users', given, 1) ?? ((name && parseWhole(name, env[name] || undefined, 1)) || users);
}

function readDisturbance({ late, duplicate, poison }: Values): Disturbance | undefined {
  const latePercent = parsePercent('--late', late) ?? 0;
  const duplicatePercent = parsePercent('--duplicate', duplicate) ?? 0;
  const poisonPercent = parsePercent('--poison', poison) ?? 0;
  const sum = latePercent + duplicatePercent + poisonPercent;
  if (sum > 100) throw new CommandError(`--late, --duplicate and --poison are ${sum}% together: at most 100.`);
  if (sum > 0 && duplicatePercent + poisonPercent === 100) {
    throw new CommandError('--duplicate and --poison leave no event to repeat or to spoil: less than 100% together.');
  }
  return sum === 0 ? undefined : { latePercent, duplicatePercent, poisonPercent };
}
