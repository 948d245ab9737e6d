// npm run generate: reads the command line, and produces made-up events of one or several domains to Kafka.
import { randomInt } from 'node:crypto';
import { streams } from '@tidemark/domains';
import { describeGenerate } from './describe-generate.ts';
import { domainGenerators } from './domain-generators.ts';
import { type GenerateOptions, type GenerateSource, readGenerateOptions } from './options.ts';
import { disturb } from './producing/disturb.ts';
import { interleave } from './producing/interleave.ts';
import { type Message, toMessages } from './producing/message.ts';
import { produceFromTerminal } from './producing/produce-from-terminal.ts';
import { runCommand } from './producing/run-command.ts';
import { systemClock } from './producing/system-clock.ts';

await runCommand(async () => {
  const options = readGenerateOptions(process.argv.slice(2), domainGenerators, {
    env: process.env,
    nowMs: Date.now(),
    randomSeed: randomInt(1_000_000),
  });
  if (options === 'help') console.log(describeGenerate(domainGenerators));
  else await generate(options);
});

async function generate(options: GenerateOptions): Promise<void> {
  const { sources, count, maxDurationMs, seed, history } = options;
  const rates = sources.map(({ ratePerSecond }) => ratePerSecond ?? Number.POSITIVE_INFINITY);
  const sum = rates.reduce((total, rate) => total + rate, 0);
  const ratePerSecond = Number.isFinite(sum) ? sum : undefined;
  const domains = sources.map(({ generator }) => generator.domain);
  await produceFromTerminal({
    messages: interleave(
      sources.map((source) => ({ items: makeMessages(source, options), weight: source.ratePerSecond ?? 1 })),
    ),
    topics: streams.filter(({ domain }) => domains.includes(domain)).map(({ topic }) => topic),
    ratePerSecond,
    // A history ends by itself: repeats and poison come in addition to its events.
    maxCount: history ? undefined : count,
    maxDurationMs,
    total: count ?? (maxDurationMs && ratePerSecond && Math.ceil((maxDurationMs * ratePerSecond) / 1_000)),
    summarize: () => [`seed ${seed}${history ? `, until ${new Date(history.untilMs).toISOString()}` : ''}`],
  });
}

function makeMessages(
  { generator, users }: GenerateSource,
  { seed, history, count, disturbance }: GenerateOptions,
): Iterator<Message> {
  const events = history
    ? generator.generateHistory({ seed, users, ...history, count: count ?? 0 })
    : generator.generateLive({ seed, users, now: systemClock.now });
  return disturbance === undefined ? toMessages(events) : disturb(events, seed, disturbance);
}
