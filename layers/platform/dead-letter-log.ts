import type { ClickHouse } from './clickhouse.ts';

/** Where a dead letter lay in Kafka: its identity. */
export interface DeadLetterPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What was done with a dead letter; see sql/platform/dead_letter_log.sql. */
export interface DeadLetterAction {
  readonly stream: string;
  readonly position: DeadLetterPosition;
  readonly action: 'begun' | 'replayed' | 'returned' | 'discarded';
  readonly comment: string;
  /** Id and position of the transaction; empty and 0 for discarded. */
  readonly attempt: string;
  readonly sequence: number;
  readonly newPosition?: { readonly partition: number; readonly offset: number } | undefined;
  readonly runId: string;
}

const COLUMNS = [
  'stream',
  'topic',
  '_partition',
  '_offset',
  'action',
  'comment',
  'attempt',
  'sequence',
  'new_partition',
  'new_offset',
  'run_id',
] as const;

/** Adds to the log of what was done with dead letters, all or nothing. @throws ClickHouseUnavailable */
export async function logDeadLetterActions(
  clickhouse: ClickHouse,
  actions: readonly DeadLetterAction[],
): Promise<void> {
  const rows = actions.map(({ stream, position, action, comment, attempt, sequence, newPosition, runId }) => [
    stream,
    position.topic,
    position.partition,
    position.offset,
    action,
    comment,
    attempt,
    sequence,
    newPosition?.partition ?? null,
    newPosition?.offset ?? null,
    runId,
  ]);
  await clickhouse.insert('tidemark.dead_letter_log', [...COLUMNS], rows);
}

/** A replay whose outcome nobody has written down: its transaction may be committed or not. */
export interface PendingAttempt {
  readonly attempt: string;
  readonly sequence: number;
  readonly comment: string;
  readonly positions: readonly DeadLetterPosition[];
}

/** The attempts of a stream that have begun and neither succeeded nor returned. @throws ClickHouseUnavailable */
export async function readPendingAttempts(clickhouse: ClickHouse, stream: string): Promise<PendingAttempt[]> {
  const { rows } = await clickhouse.query<{
    attempt: string;
    sequence: number;
    comment: string;
    positions: readonly (readonly [string, number, number])[];
  }>(
    `SELECT attempt, max(sequence) AS sequence, any(log.comment) AS comment,
       groupUniqArray((topic, _partition, _offset)) AS positions
     FROM tidemark.dead_letter_log AS log
     WHERE stream = {stream:String} AND action = 'begun' AND attempt NOT IN (
       SELECT attempt FROM tidemark.dead_letter_log
       WHERE stream = {stream:String} AND action IN ('replayed', 'returned')
     )
     GROUP BY attempt ORDER BY sequence`,
    { stream },
  );
  return rows.map(({ positions, ...attempt }) => ({
    ...attempt,
    positions: positions.map(([topic, partition, offset]) => ({ topic, partition, offset })),
  }));
}

/** The highest position that a replay of the stream has begun or ended with; 0 for none. */
export async function readLastSequence(clickhouse: ClickHouse, stream: string): Promise<number> {
  const { rows } = await clickhouse.query<{ last: number }>(
    'SELECT max(sequence) AS last FROM tidemark.dead_letter_log WHERE stream = {stream:String}',
    { stream },
  );
  return rows[0]?.last ?? 0;
}
