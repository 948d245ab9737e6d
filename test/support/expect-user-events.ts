import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pythonWith } from './python-with.ts';
import type { ExpectedUserEvents } from './user-events-tables.ts';

const PROGRAM = fileURLToPath(new URL('expected-user-events.py', import.meta.url));
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Makes sure that DuckDB is there; the first time on a machine it is downloaded. */
export async function prepareDuckDb(): Promise<string> {
  return pythonWith(['duckdb==2.0.*']);
}

/**
 * Computes independently what the tables must hold.
 *
 * @param file what openUserEventsLoad wrote
 * @param tidemarks of each snapshot, oldest first, by partition: they decide which copy of an event counts
 */
export async function expectUserEvents(
  file: string,
  tidemarks: readonly Readonly<Record<string, number>>[] = [],
): Promise<ExpectedUserEvents> {
  const args = [PROGRAM, file, '--tidemarks', JSON.stringify(tidemarks)];
  const { stdout } = await promisify(execFile)(await prepareDuckDb(), args, { maxBuffer: MAX_OUTPUT_BYTES });
  return JSON.parse(stdout) as ExpectedUserEvents;
}
