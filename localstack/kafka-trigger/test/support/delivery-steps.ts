import fc from 'fast-check';

export const PARTITIONS = [0, 1, 2];

const anyPartition = fc.constantFrom(...PARTITIONS);

/** What may happen to a poller and its surroundings, in any order. */
export const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      partition: anyPartition,
      count: fc.nat(4),
      gap: fc.nat(2),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('fetch' as const),
      partition: anyPartition,
      count: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      pick: fc.nat(),
      outcome: fc.constantFrom('success', 'throw', 'partial', 'malformed', 'not invoked'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('rebalance' as const),
      keeps: fc.subarray(PARTITIONS),
      isContinuous: fc.boolean(),
      /** Records that others deliver of each partition while it is theirs. */
      elsewhere: fc.nat(4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('coordinator' as const),
      state: fc.constantFrom('there', 'away', 'answers are lost'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('destination' as const), state: fc.constantFrom('there', 'away') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('passed offsets' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 40_000 }) }) },
);

export type Step = typeof anyStep extends fc.Arbitrary<infer S> ? S : never;
