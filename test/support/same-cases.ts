import { jest } from '@jest/globals';
import { isSoak } from './soak.ts';

const SEED = 20_261_121;

// Property tests draw the same cases every time: a red test must mean a change. A soak draws new ones.
if (!isSoak) {
  jest.mock('fast-check', () => {
    const fastCheck = jest.requireActual<typeof import('fast-check')>('fast-check');
    fastCheck.configureGlobal({ seed: SEED });
    return fastCheck;
  });
}
