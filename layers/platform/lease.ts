import type { ClickHouse } from './clickhouse.ts';
import type { Log } from './log.ts';

export interface LeaseDependencies {
  readonly clickhouse: ClickHouse;
  readonly newId: () => string;
  readonly log: Log;
}

/** A holder that was killed holds up the next run no longer than this. */
const EXPIRES_AFTER_SECONDS = 30;
const RENEW_EVERY_MS = 10_000;

/**
 * Runs something unless it runs already, on whatever machine or thread. Two that start in the same moment may both run:
 * the lease spares work, and what it guards must stay right without it.
 *
 * @returns undefined where another one runs
 */
export async function runWithLease<T>(
  name: string,
  run: () => Promise<T>,
  { clickhouse, newId, log }: LeaseDependencies,
): Promise<T | undefined> {
  if (await isHeld(clickhouse, name)) return undefined;
  const holder = newId();
  const note = (isReleased: boolean) =>
    clickhouse.insert('tidemark.batch_leases', ['name', 'holder', 'is_released'], [[name, holder, isReleased]]);
  const warn = (cause: unknown) => log.warn('the lease could not be renewed', { name, error: String(cause) });
  await note(false);
  const renewal = setInterval(() => void note(false).catch(warn), RENEW_EVERY_MS);
  try {
    return await run();
  } finally {
    clearInterval(renewal);
    // What ran has its own outcome; an unreleased lease expires.
    await note(true).catch(warn);
  }
}

/** A renewal that was on its way may arrive behind the release: a released lease stays so. */
async function isHeld(clickhouse: ClickHouse, name: string): Promise<boolean> {
  const { rows } = await clickhouse.query(
    `SELECT holder FROM tidemark.batch_leases
     WHERE name = {name:String} AND renewed_at > now64(3) - INTERVAL ${EXPIRES_AFTER_SECONDS} SECOND
     GROUP BY holder HAVING NOT max(is_released)`,
    { name },
  );
  return rows.length > 0;
}
