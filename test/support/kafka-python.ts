import { runCommand } from '../../localstack/kafka/run-command.ts';
import { pythonWith } from './python-with.ts';

/**
 * Runs a Python program with the unmodified `confluent-kafka` client from PyPI. Returns what it printed; rejects with its
 * last lines when it fails.
 */
export async function runWithConfluentKafka(program: string, args: readonly string[] = []): Promise<string> {
  return runCommand(await pythonWith(['confluent-kafka==2.16.1']), ['-c', program, ...args]);
}

/** Downloads the client where this is its first use on the machine: no test is to wait for that. */
export async function prepareConfluentKafka(): Promise<void> {
  await runWithConfluentKafka('import confluent_kafka');
}
