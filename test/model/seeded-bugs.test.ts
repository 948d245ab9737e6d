import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tell } from '../support/tell.ts';
import { ENDS } from './arbitraries.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Outcome, runHistory } from './run-histories.ts';
import { seededBugs } from './seeded-bugs.ts';

const FIRST_SEED = 20_261_121;
const MAX_RUNS = 40;
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
      const plan = { stream, weights, fates, maxCommands: 20, defect };
      let runs = 0;
      let outcome: Outcome | undefined;
      while (outcome?.failure === undefined && runs < MAX_RUNS) {
        outcome = await runHistory(engine, FIRST_SEED + runs, plan);
        runs += 1;
      }
      const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
      const what = outcome?.failure === undefined ? 'not found' : 'found';
      tell(`${what} in ${runs} histories, ${seconds} s: ${name}`);
      // A run that fails would be found without a model.
      expect({ ...outcome, seen: undefined }).toMatchObject({ isInexact: true });
    },
    TIMEOUT_MS,
  );
});
