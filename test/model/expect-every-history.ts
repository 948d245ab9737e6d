import { isSoak, reportSoak } from '../support/soak.ts';
import { EVERYTHING } from './arbitraries.ts';
import type { Engine } from './engine.ts';
import { runHistory } from './run-histories.ts';
import type { StreamModel } from './stream-model.ts';

/** Of one stream; two streams are under way at the same time, for about two minutes. */
const RUNS = isSoak ? 1_000 : 25;
/** `npm test` asks the same every time; a soak looks for what nobody has thought of. */
const FIRST_SEED = isSoak ? Date.now() % 1_000_000_000 : 20_261_121;

const { TIDEMARK_MODEL_SEED, TIDEMARK_MODEL_RUNS } = process.env;

/** Long enough for a machine that does other things as well. */
export const EVERY_HISTORY_TIMEOUT_MS = isSoak ? 6 * 3_600_000 : 900_000;

/**
 * Lives through one history after the other, each of a seed of its own; in a soak, through thousands.
 * `TIDEMARK_MODEL_SEED=n` runs the one of that seed, and looks for the shortest that fails alike; with
 * `TIDEMARK_MODEL_RUNS=m` so many from it.
 *
 * @throws Error with the seed and the steps of the first history after which anything was not exact
 */
export async function expectEveryHistoryExact(engine: Engine, stream: StreamModel): Promise<void> {
  const isReplay = TIDEMARK_MODEL_SEED !== undefined;
  const firstSeed = isReplay ? Number(TIDEMARK_MODEL_SEED) : FIRST_SEED;
  const wanted = Number(TIDEMARK_MODEL_RUNS ?? (isReplay ? 1 : RUNS));
  const startedAtMs = Date.now();
  const elapsedMs = () => Date.now() - startedAtMs;
  const seen = new Map<string, number>();
  let runs = 0;
  while (runs < wanted) {
    const seed = firstSeed + runs;
    const outcome = await runHistory(engine, seed, { stream, weights: EVERYTHING, isShrunk: isReplay });
    runs += 1;
    for (const [what, count] of outcome.seen) seen.set(what, (seen.get(what) ?? 0) + count);
    if (outcome.failure !== undefined) {
      throw new Error(`${stream.streamName}: run ${runs} of TIDEMARK_MODEL_SEED=${seed} failed\n${outcome.failure}`);
    }
  }
  await reportSoak(`Model test of ${stream.streamName}`, [
    `${runs} histories in ${Math.round(elapsedMs() / 1000)} s, seeds from ${firstSeed}, each exact after every step.`,
    `Steps: ${[...seen].map(([what, count]) => `${what} ${count}`).join(', ')}.`,
  ]);
}
