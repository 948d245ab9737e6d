import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type Engine, startEngine } from './engine.ts';
import { EVERY_HISTORY_TIMEOUT_MS, expectEveryHistoryExact } from './expect-every-history.ts';
import { userModel } from './user-model.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
}, 120_000);

afterAll(() => engine?.stop());

describe('unified and gold of user_events', () => {
  it(
    'show each valid event that was delivered once, after every step of any history',
    () => expectEveryHistoryExact(engine, userModel),
    EVERY_HISTORY_TIMEOUT_MS,
  );
});
