import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type Engine, startEngine } from './engine.ts';
import { EVERY_HISTORY_TIMEOUT_MS, expectEveryHistoryExact } from './expect-every-history.ts';
import { retailModel } from './retail-model.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
}, 120_000);

afterAll(() => engine?.stop());

describe('unified and gold of retail_events', () => {
  it(
    'show each valid event that was delivered once, after every step of any history',
    () => expectEveryHistoryExact(engine, retailModel),
    EVERY_HISTORY_TIMEOUT_MS,
  );
});
