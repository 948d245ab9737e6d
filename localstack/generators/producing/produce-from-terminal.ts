import { openKafkaSink } from './kafka-sink.ts';
import { createProgress, formatCount, formatRate } from './progress.ts';
import { type ProducerRun, runProducer } from './run-producer.ts';
import { systemClock } from './system-clock.ts';

export interface TerminalRun extends Omit<ProducerRun, 'signal'> {
  readonly topics: readonly string[];
  /** Events that the run will produce, if that is known. */
  readonly total?: number | undefined;
  /** More lines for the end, asked for when the run is over. */
  readonly summarize: () => readonly string[];
}

/** What an unreachable Kafka gets after Ctrl-C; the stack stops its parts within 15 s. */
const LAST_WAIT_MS = 5_000;

/**
 * Produces from the command line: brokers from the environment, progress, and a summary. Ctrl-C or SIGTERM ends the run
 * after the batch in flight; the exit code is 1 only if Kafka could not take that batch.
 */
export async function produceFromTerminal({ topics, total, summarize, ...run }: TerminalRun): Promise<void> {
  const brokers = readBrokers(process.env);
  const progress = createProgress({ out: process.stdout, total, now: systemClock.now });
  let startMs = systemClock.now();
  let produced = 0;

  function finish(): void {
    progress.stop();
    const durationMs = systemClock.now() - startMs;
    const rate = formatRate((produced * 1_000) / Math.max(1, durationMs));
    const seconds = (durationMs / 1_000).toFixed(1);
    console.log(`produced ${formatCount(produced)} events to ${topics.join(', ')} in ${seconds} s (${rate})`);
    for (const line of summarize()) console.log(line);
  }
  const signal = abortOnSignals(() => {
    progress.note('Kafka did not answer in time: the batch in flight may be stored or not.');
    finish();
    process.exit(1);
  });

  const sink = await openKafkaSink({ brokers, topics, note: progress.note });
  startMs = systemClock.now();
  try {
    await runProducer(
      { ...run, signal },
      {
        sink,
        clock: systemClock,
        onProgress: (count) => {
          produced = count;
          progress.update(count);
        },
      },
    );
  } finally {
    await sink.close();
  }
  finish();
}

function readBrokers(env: NodeJS.ProcessEnv): string[] {
  return (env.KAFKA_BROKERS || `127.0.0.1:${env.KAFKA_PORT || 9092}`).split(',');
}

/** @param giveUp called when the run has not ended {@link LAST_WAIT_MS} after the first signal */
function abortOnSignals(giveUp: () => void): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) return;
    controller.abort();
    setTimeout(giveUp, LAST_WAIT_MS).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}
