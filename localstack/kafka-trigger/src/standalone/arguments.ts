import { parseArgs } from 'node:util';
import { DEFAULT_REGION } from '../aws/client-config.ts';
import { splitBrokers } from '../split-brokers.ts';
import { UsageError } from '../usage-error.ts';

/** What the program was asked to do. */
export interface Arguments {
  /** URL of an emulator, or `aws`. */
  endpoint: string;
  region: string;
  /** Names; empty follows every stack. */
  stacks: readonly string[];
  brokers: readonly string[] | undefined;
  intervalMs: number;
  maxConcurrency: number | undefined;
  sessionTimeoutMs: number | undefined;
  statusPort: number | undefined;
  isVerbose: boolean;
}

export const HELP = `serverless-kafka-trigger: polls the Kafka event source mappings of deployed stacks

Usage: serverless-kafka-trigger [--endpoint URL] [--stack NAME]... [--brokers HOST:PORT,...]

  --endpoint URL         where the stacks are deployed: an emulator such as http://127.0.0.1:4566, or "aws" for AWS
                         itself; AWS_ENDPOINT_URL by default
  --region NAME          AWS_REGION, or ${DEFAULT_REGION}, by default
  --stack NAME           follow this stack only; may be repeated
  --brokers HOST:PORT    the brokers of every mapping, comma-separated; KAFKA_BROKERS, or each mapping's own, by default
  --interval SECONDS     how often to look for redeployments, 2 by default
  --max-concurrency N    most invocations of one mapping at once; its MaximumPollers, or 4, by default
  --session-timeout MS   how long a group waits for a member that died, 10000 by default
  --status-port PORT     serve state and counters as JSON on 127.0.0.1:PORT
  --verbose              show each event
  --help                 this text

KAFKA_SECURITY_PROTOCOL and its like (see the README) say how to authenticate, in place of the mappings' secrets.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const OPTIONS = {
  endpoint: text,
  region: text,
  stack: { type: 'string', multiple: true, default: [] as string[] },
  brokers: text,
  interval: text,
  'max-concurrency': text,
  'session-timeout': text,
  'status-port': text,
  verbose: flag,
  help: { ...flag, short: 'h' },
} as const;

/** Reads the command line, and the environment where it is silent; `help` if that is wanted. Errors: `UsageError`. */
export function readArguments(args: readonly string[], env: NodeJS.ProcessEnv): Arguments | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const endpoint = values.endpoint ?? env.AWS_ENDPOINT_URL;
  if (!endpoint) throw new UsageError('no endpoint: give --endpoint or AWS_ENDPOINT_URL');
  if (endpoint !== 'aws' && !URL.canParse(endpoint))
    throw new UsageError(`--endpoint ${endpoint} is neither a URL nor "aws"`);
  return {
    endpoint,
    region: values.region ?? env.AWS_REGION ?? DEFAULT_REGION,
    stacks: values.stack,
    brokers: splitBrokers(values.brokers) ?? splitBrokers(env.KAFKA_BROKERS),
    intervalMs: (readNumber('interval', values.interval, { least: 0.1 }) ?? 2) * 1000,
    maxConcurrency: readNumber('max-concurrency', values['max-concurrency'], { least: 1 }),
    sessionTimeoutMs: readNumber('session-timeout', values['session-timeout'], { least: 1 }),
    statusPort: readNumber('status-port', values['status-port'] ?? env.KAFKA_TRIGGER_STATUS_PORT, {
      least: 0,
      most: 65_535,
    }),
    isVerbose: values.verbose,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readNumber(
  option: string,
  value: string | undefined,
  { least, most = Number.MAX_SAFE_INTEGER }: { least: number; most?: number },
): number | undefined {
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (number >= least && number <= most) return number;
  throw new UsageError(
    `--${option} ${value} is not a number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}`,
  );
}
