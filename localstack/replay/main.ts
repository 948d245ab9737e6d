// npm run replay: reads the command line, and streams one real data set into Kafka.
import { produceFromTerminal } from '../generators/producing/produce-from-terminal.ts';
import { runCommand } from '../generators/producing/run-command.ts';
import { datasets } from './datasets.ts';
import { describeReplay, type ReplayOptions, readReplayOptions } from './options.ts';

await runCommand(async () => {
  const options = readReplayOptions(process.argv.slice(2), datasets);
  if (options === 'help') console.log(describeReplay(datasets));
  else await replay(options);
});

async function replay({ dataset, limit, ratePerSecond }: ReplayOptions): Promise<void> {
  const { messages, summarize } = dataset.open();
  await produceFromTerminal({
    messages,
    topics: dataset.topics,
    ratePerSecond,
    maxCount: limit,
    total: Math.min(limit ?? dataset.eventCount, dataset.eventCount),
    summarize,
  });
}
