import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { RunDependencies } from '@tidemark/platform/batch-runs';
import { runWithLease } from '@tidemark/platform/lease';
import { type RunHistory, readRunHistory, WHOLE_RUN } from '@tidemark/platform/run-history';
import { runForStreams, type StreamReports } from '../run-for-streams.ts';
import { type BatchStep, runSteps } from './run-steps.ts';

export interface RunBatchInput {
  readonly declarations: readonly StreamDeclaration[];
  readonly steps: readonly BatchStep[];
  /** Only this one. */
  readonly stream: string | undefined;
  /** The schedule starts what is due, and nothing while another run goes on; an invocation by hand starts all. */
  readonly isScheduled: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly deadlineMs: number;
}

const LEASE = 'run-batch';

/**
 * Runs the steps of the batch layer for each stream; the stream whose last run ended longest ago comes first.
 *
 * @returns no reports where another run goes on
 * @throws AggregateError of what failed, after every stream had its turn
 */
export async function runBatch(input: RunBatchInput, deps: RunDependencies): Promise<StreamReports> {
  const { declarations, steps, stream, isScheduled, deadlineMs } = input;
  const { clickhouse, clock, log } = deps;
  const history = await readRunHistory(clickhouse);
  const turns = { deadlineMs, clock, lastFinishedMs: findLastFinished(history) };
  const run = () =>
    runForStreams(
      declarations,
      stream,
      (declaration, shareEndMs) => {
        const ofStream = isScheduled ? (history.get(declaration.stream.name) ?? new Map()) : undefined;
        return runSteps(declaration, steps, { deadlineMs: shareEndMs, history: ofStream }, deps);
      },
      turns,
    );
  if (!isScheduled) return run();
  const reports = await runWithLease(LEASE, run, deps);
  if (reports === undefined) log.info('the previous run is still going: this one is left out');
  return reports ?? {};
}

function findLastFinished(history: RunHistory): ReadonlyMap<string, number> {
  return new Map([...history].map(([stream, steps]) => [stream, steps.get(WHOLE_RUN)?.[0]?.endedAtMs ?? 0]));
}
