import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { RunReport } from '@tidemark/platform/batch-runs';
import { type Clock, systemClock } from '@tidemark/platform/clock';

/** What a batch function answers: the report of each stream, offsets by partition. */
export type StreamReports = Record<string, Omit<RunReport, 'ranges'> & { ranges: Record<string, unknown> }>;

/** How streams share the time of one invocation. */
export interface Turns {
  /** Of all of them, milliseconds since 1970 UTC. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** By stream, when its last run ended: the longest ago has the first turn, one that never ran before it. */
  readonly lastFinishedMs?: ReadonlyMap<string, number>;
}

const UNLIMITED: Turns = { deadlineMs: Number.POSITIVE_INFINITY, clock: systemClock };

/** While others wait, a stream with a long backlog has the floor for so long; it goes on with its next turn. */
const MAX_SHARE_MS = 120_000;

/**
 * Runs a step for one stream, or for all one after the other, each with its share of the time that is left. A stream
 * that fails does not keep the others waiting.
 *
 * @param run takes the moment when the stream's share ends
 * @throws AggregateError of what failed, after every stream had its turn
 */
export async function runForStreams(
  declarations: readonly StreamDeclaration[],
  only: string | undefined,
  run: (declaration: StreamDeclaration, deadlineMs: number) => Promise<RunReport>,
  { deadlineMs, clock, lastFinishedMs = new Map() }: Turns = UNLIMITED,
): Promise<StreamReports> {
  const reports: StreamReports = {};
  const failures: Error[] = [];
  const chosen = declarations.filter(({ stream }) => only === undefined || only === stream.name);
  const ordered = orderStreams(chosen, lastFinishedMs);
  for (const [index, declaration] of ordered.entries()) {
    const shareEndMs = endOfShare(clock(), deadlineMs, ordered.length - index);
    try {
      const report = await run(declaration, shareEndMs);
      reports[declaration.stream.name] = { ...report, ranges: Object.fromEntries(report.ranges) };
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
  return reports;
}

/** Least recently finished first; among equals, as declared. */
function orderStreams(
  declarations: readonly StreamDeclaration[],
  lastFinishedMs: ReadonlyMap<string, number>,
): StreamDeclaration[] {
  const finished = ({ stream }: StreamDeclaration) => lastFinishedMs.get(stream.name) ?? 0;
  return [...declarations].sort((a, b) => finished(a) - finished(b));
}

/** @param streamsLeft of those that wait, with the one whose turn it is */
function endOfShare(nowMs: number, deadlineMs: number, streamsLeft: number): number {
  if (streamsLeft === 1) return deadlineMs;
  return nowMs + Math.min(Math.max(0, deadlineMs - nowMs) / streamsLeft, MAX_SHARE_MS);
}
