import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tell } from '../support/tell.ts';
import { ENDS } from './arbitraries.ts';
import { type Engine, startEngine } from './engine.ts';
import { runHistory } from './run-histories.ts';
import { seededBugs } from './seeded-bugs.ts';

const FIRST_SEED = 20_261_121;
const MAX_RUNS = 30;
const TIMEOUT_MS = 300_000;

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
}, 120_000);

afterAll(() => engine?.stop());

describe('the model finds a mistake', () => {
  it.each(seededBugs)(
    '$name',
    async ({ name, stream, weights, fates = ENDS, defect }) => {
      const startedAtMs = Date.now();
      const plan = { stream, weights, fates, maxCommands: 14, defect };
      let runs = 0;
      let failure: string | undefined;
      while (failure === undefined && runs < MAX_RUNS) {
        failure = (await runHistory(engine, FIRST_SEED + runs, plan)).failure;
        runs += 1;
      }
      tell(`found in run ${runs}, after ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s: ${name}`);
      if (process.env.TIDEMARK_MODEL_VERBOSE === '1') tell(failure ?? 'nothing');
      // An answer that is wrong, not one that there is none: the mistake lies in what was told, not in how.
      expect(failure).toContain('expect(received)');
    },
    TIMEOUT_MS,
  );
});
