// npm run generate: reads the command line, and produces one domain's made-up events to Kafka.
import { randomInt } from 'node:crypto';
import { streams } from '@tidemark/domains';
import { domainGenerators } from './domain-generators.ts';
import { describeGenerate, type GenerateOptions, readGenerateOptions } from './options.ts';
import { toMessages } from './producing/message.ts';
import { produceFromTerminal } from './producing/produce-from-terminal.ts';
import { runCommand } from './producing/run-command.ts';
import { systemClock } from './producing/system-clock.ts';

await runCommand(async () => {
  const options = readGenerateOptions(process.argv.slice(2), domainGenerators, {
    nowMs: Date.now(),
    randomSeed: randomInt(1_000_000),
  });
  if (options === 'help') console.log(describeGenerate(domainGenerators));
  else await generate(options);
});

async function generate({ generator, seed, history, ...limits }: GenerateOptions): Promise<void> {
  const { count, ratePerSecond, maxDurationMs } = limits;
  const total = count ?? (maxDurationMs && ratePerSecond && Math.ceil((maxDurationMs * ratePerSecond) / 1_000));
  await produceFromTerminal({
    messages: toMessages(
      history
        ? generator.generateHistory({ seed, ...history, count: count ?? 0 })
        : generator.generateLive({ seed, now: systemClock.now }),
    ),
    topics: streams.filter(({ domain }) => domain === generator.domain).map(({ topic }) => topic),
    ratePerSecond,
    maxCount: count,
    maxDurationMs,
    total,
    summarize: () => [`seed ${seed}${history ? `, until ${new Date(history.untilMs).toISOString()}` : ''}`],
  });
}
