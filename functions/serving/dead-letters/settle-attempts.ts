import type { ClickHouse } from '@tidemark/platform/clickhouse';
import {
  type DeadLetterAction,
  logDeadLetterActions,
  type PendingAttempt,
  readLastSequence,
  readPendingAttempts,
} from '@tidemark/platform/dead-letter-log';
import { Problem } from '@tidemark/platform/http';
import type { OpenTransactionalWriter, TransactionalWriter } from '@tidemark/platform/kafka/transactional-writer';

/** Kafka has forgotten how replays ended that nobody followed up for a week; an operator has to say. */
export class ReplayForgotten extends Problem {
  constructor(stream: string, records: number) {
    super(
      409,
      'Outcome forgotten',
      `${records} dead letters of ${stream} were being replayed, and Kafka has forgotten whether that was committed. ` +
        'Look for their header tidemark-replay-of in the topic or for their events, then replay again with ' +
        '"unresolved": "replayed" or "open".',
      [{ field: 'unresolved', message: 'must say how to count them' }],
    );
  }
}

export interface SettleDependencies {
  /** Reads, as the user `query`. */
  readonly reader: ClickHouse;
  /** Inserts, as the user `ingest`. */
  readonly writer: ClickHouse;
  readonly openWriter: OpenTransactionalWriter;
}

export interface SettleInput {
  readonly stream: string;
  readonly topic: string;
  readonly runId: string;
  /** What to take for true where Kafka does not know any more. */
  readonly unresolved?: 'replayed' | 'open' | undefined;
}

/**
 * Opens the stream's replay writer and writes down how earlier replays ended, which only Kafka knows: a transaction
 * carries its attempt's id and its number, and of each number one attempt at most is committed.
 *
 * Before a number is committed, the one before it is settled. So an attempt of a lower number than the last is not
 * committed, one of the last number is if it is named there, and one of a higher number is not if it had begun before
 * this writer was opened, which ended every other; nor can it be, once this writer has committed a number of its own,
 * by which a run that only lost its connection knows that it was taken over. What began since belongs to a run that has
 * taken over: it is left.
 *
 * @throws ReplayForgotten where there are attempts to settle, and Kafka has no progress any more
 */
export async function openSettled(input: SettleInput, deps: SettleDependencies): Promise<TransactionalWriter> {
  const { stream, topic, unresolved } = input;
  const before = await readPendingAttempts(deps.reader, stream);
  const writer = await deps.openWriter(`tidemark-replay-${stream}`, topic);
  try {
    const after = await readPendingAttempts(deps.reader, stream);
    const { progress } = writer;
    if (progress === undefined && unresolved === undefined && after.length > 0) {
      throw new ReplayForgotten(stream, after.flatMap(({ positions }) => positions).length);
    }
    const isFinal = ({ attempt, sequence }: PendingAttempt) =>
      progress === undefined || sequence <= progress.position || before.some((each) => each.attempt === attempt);
    const isCommitted = ({ attempt, sequence }: PendingAttempt) =>
      progress === undefined ? unresolved === 'replayed' : sequence === progress.position && attempt === progress.note;
    const settled = after.filter(isFinal);
    const returned = settled.filter((each) => !isCommitted(each));
    await settle(settled.filter(isCommitted), 'replayed', input, deps);
    // The run of what returns may only have lost its connection: from now on it finds its place taken.
    if (progress === undefined) {
      await writer.write([], { position: await readLastSequence(deps.reader, stream), note: '' });
    } else if (returned.length > 0) {
      await writer.write([], { position: progress.position + 1, note: '' });
    }
    await settle(returned, 'returned', input, deps);
    return writer;
  } catch (error) {
    await writer.close();
    throw error;
  }
}

async function settle(
  attempts: readonly PendingAttempt[],
  action: 'replayed' | 'returned',
  { stream, runId }: SettleInput,
  { writer }: SettleDependencies,
): Promise<void> {
  const actions = attempts.flatMap(({ attempt, sequence, comment, positions }) =>
    positions.map((position): DeadLetterAction => ({ stream, position, action, comment, attempt, sequence, runId })),
  );
  await logDeadLetterActions(writer, actions);
}
