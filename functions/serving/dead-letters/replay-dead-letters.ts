import { REPLAY_HEADER } from '@tidemark/domains/erasure';
import { createJudge } from '@tidemark/domains/judge';
import type { SourceRecord } from '@tidemark/domains/outcome';
import type { Stream } from '@tidemark/domains/stream';
import type { Clock } from '@tidemark/platform/clock';
import { logDeadLetterActions } from '@tidemark/platform/dead-letter-log';
import { Problem } from '@tidemark/platform/http';
import { type TransactionalWriter, WriterFenced, type WrittenAt } from '@tidemark/platform/kafka/transactional-writer';
import type { ReplayReport } from './answers.ts';
import { describeRest, readStart } from './cursor.ts';
import type { ReplayRequest } from './requests.ts';
import { type OpenPosition, readRecords, selectOpen } from './select-open.ts';
import { openSettled, type SettleDependencies } from './settle-attempts.ts';
import { applyTransform } from './transform.ts';

export interface ReplayDependencies extends SettleDependencies {
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Another replay of the stream has begun, or this one stood still for too long. */
export class ReplayTakenOver extends Problem {
  constructor(stream: string, cause: WriterFenced) {
    const detail = `Another replay of ${stream} has taken over (${cause.message}). What was replayed before stays so: look at the list, and replay again what is open.`;
    super(409, 'Another replay has taken over', detail);
  }
}

/**
 * Judges the open dead letters that the filter lets pass by today's schema, transformed where that is asked for, and
 * produces those that are events now. A dead letter is replayed once, whatever is killed at whatever moment: a chunk is
 * written down as begun, committed in a transaction that carries its id, and written down as replayed; what was begun
 * and not followed up is settled from Kafka before anything else.
 *
 * @throws ReplayTakenOver; ReplayForgotten
 */
export async function replayDeadLetters(
  stream: Stream,
  request: ReplayRequest,
  deadlineMs: number,
  deps: ReplayDependencies,
): Promise<ReplayReport> {
  try {
    return await replayOpen(stream, request, deadlineMs, deps);
  } catch (error) {
    throw error instanceof WriterFenced ? new ReplayTakenOver(stream.name, error) : error;
  }
}

async function replayOpen(
  stream: Stream,
  request: ReplayRequest,
  deadlineMs: number,
  deps: ReplayDependencies,
): Promise<ReplayReport> {
  const { dryRun, maxRecords, cursor, transform, comment, unresolved, ...filter } = request;
  const after = readStart({ stream: stream.name, cursor });
  const { reader, clock, newId } = deps;
  const runId = newId();
  const judge = createJudge(stream);
  const settleInput = { stream: stream.name, topic: stream.topic, runId, unresolved };
  const writer = dryRun ? undefined : await openSettled(settleInput, deps);
  let examined = 0;
  let replayed = 0;
  let isInTime = true;
  let last: OpenPosition | undefined = after;
  const stillInvalid = new Map<string, number>();
  try {
    for await (const positions of selectOpen(filter, { maxRecords, after }, reader)) {
      isInTime = clock() < deadlineMs;
      if (!isInTime) break;
      const records = await readRecords(stream.name, positions, reader);
      const now = records.map((record) => ({ ...record, value: applyTransform(record.value, transform) }));
      const accepted = now.filter((record) => {
        // Appending stamps it with the present.
        const verdict = judge({ ...record, timestamp: clock() });
        if (!verdict.isValid) stillInvalid.set(verdict.reason, (stillInvalid.get(verdict.reason) ?? 0) + 1);
        return verdict.isValid;
      });
      if (writer !== undefined) await replayChunk(writer, accepted, { stream: stream.name, comment, runId }, deps);
      examined += records.length;
      replayed += accepted.length;
      last = positions.at(-1);
    }
  } finally {
    await writer?.close();
  }
  return {
    stream: stream.name,
    dry_run: dryRun,
    examined,
    replayed,
    still_invalid: Object.fromEntries(stillInvalid),
    ...describeRest(stream.name, isInTime && examined < maxRecords, last),
  };
}

interface Chunk {
  readonly stream: string;
  readonly comment: string;
  readonly runId: string;
}

async function replayChunk(
  kafka: TransactionalWriter,
  records: readonly SourceRecord[],
  { stream, comment, runId }: Chunk,
  { writer, newId }: ReplayDependencies,
): Promise<void> {
  if (records.length === 0) return;
  const attempt = newId();
  const sequence = (kafka.progress?.position ?? 0) + 1;
  const log = (action: 'begun' | 'replayed', written: readonly WrittenAt[]) =>
    logDeadLetterActions(
      writer,
      records.map(({ topic, partition, offset }, index) => {
        const position = { topic, partition, offset };
        return { stream, position, action, comment, attempt, sequence, newPosition: written[index], runId };
      }),
    );
  await log('begun', []);
  const outgoing = records.map(({ topic, partition, offset, key, value, headers }) => {
    const others = headers.filter(([name]) => name !== REPLAY_HEADER);
    const origin = [REPLAY_HEADER, Buffer.from(`${topic}/${partition}/${offset}`)] as const;
    return { key, value, headers: [...others, origin], partition };
  });
  const written = await kafka.write(outgoing, { position: sequence, note: attempt });
  await log('replayed', written);
}
