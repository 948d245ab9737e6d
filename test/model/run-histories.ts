import fc from 'fast-check';
import { histories, type Weights } from './arbitraries.ts';
import { type Fate, settle } from './commands.ts';
import type { Defect, Engine } from './engine.ts';
import { beginHistory } from './history.ts';
import type { StreamModel } from './stream-model.ts';

export interface HistoryPlan {
  readonly stream: StreamModel;
  readonly weights: Weights;
  readonly maxCommands?: number;
  /** How runs end; without it, in every way. */
  readonly fates?: fc.Arbitrary<Fate>;
  readonly defect?: Defect;
  /** Of a history that fails, looks for the shortest that does: slow. */
  readonly isShrunk?: boolean;
}

/** How a history went. */
export interface Outcome {
  /** How often each thing happened. */
  readonly seen: ReadonlyMap<string, number>;
  /** What went wrong, with the steps that led there; undefined where all was well. */
  readonly failure: string | undefined;
  /** It was an answer that differs from the model, not a run that failed. */
  readonly isInexact: boolean;
}

/** Lives through the history of a seed: steps at random, everything exact after each of them and at the end. */
export async function runHistory(engine: Engine, seed: number, plan: HistoryPlan): Promise<Outcome> {
  const { stream, weights, maxCommands, fates, defect, isShrunk = false } = plan;
  const seen = new Map<string, number>();
  const property = fc.asyncProperty(histories(weights, { maxCommands, fates }), async (commands) => {
    const world = await engine.openWorld(stream.streamName, defect);
    const history = beginHistory(stream, seen);
    try {
      await fc.asyncModelRun(() => ({ model: history, real: world }), commands);
      await settle(history, world);
    } finally {
      // The next history empties the tables: nothing of this one may write to them then.
      await Promise.allSettled(history.paused.map((run) => run.finish()));
    }
  });
  const details = await fc.check(property, { seed, numRuns: 1, endOnFailure: !isShrunk });
  const { errorInstance: error } = details;
  const reason = error instanceof Error ? error.message : String(error);
  const failure = details.failed ? `${reason}\n${fc.defaultReportMessage(details)}` : undefined;
  return { seen, failure, isInexact: error instanceof Error && 'matcherResult' in error };
}
