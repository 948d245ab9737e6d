import fc from 'fast-check';
import {
  AddPartition,
  Arrive,
  CrowdSegments,
  Deliver,
  ExpireKafka,
  type Fate,
  LoseHotRows,
  Produce,
  Redeliver,
  Resume,
  Start,
  Wait,
} from './commands.ts';
import type { World } from './engine.ts';
import type { History } from './history.ts';
import type { RunName } from './runs.ts';
import type { Draft } from './stream-model.ts';

type Command = fc.AsyncCommand<History, World>;

/** How often each kind of step comes, relative to the others. */
export type Weights = Readonly<Partial<Record<keyof typeof steps | RunName, number>>>;

const partition = fc.nat({ max: 2 });

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('event', 'event', 'event', 'event', 'event', 'event', 'poison', 'marker'),
  id: fc.nat({ max: 3 }),
  variant: fc.constantFrom(0, 0, 1, 2),
  // A horizon is 14 of them: repeats at its edges, on both sides of an event.
  halfDays: fc.oneof(fc.constantFrom(0, 1, 13, 14, 15, 28), fc.nat({ max: 40 })),
});

/** All that most mistakes need. */
export const ENDS: fc.Arbitrary<Fate> = fc.constant({ kind: 'ends' });

const when = fc.constantFrom('before' as const, 'after' as const);
const write = fc.integer({ min: 1, max: 18 });

const dies = fc.record({ kind: fc.constant('dies' as const), when, write });
const pauses = fc.record({
  kind: fc.constant('pauses' as const),
  write: fc.oneof(write, write, fc.constant('commit' as const)),
  diesAfter: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 2 }),
});

const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 3, arbitrary: ENDS },
  { weight: 2, arbitrary: dies },
  { weight: 1, arbitrary: fc.constant({ kind: 'twice' as const }) },
  { weight: 2, arbitrary: pauses },
);

const steps = {
  arrive: fc
    .tuple(partition, fc.array(draft, { minLength: 1, maxLength: 8 }), fc.constantFrom(true, true, false))
    .map(([at, drafts, isAcknowledged]) => new Arrive(new Produce(at, drafts), new Deliver(at, 20, isAcknowledged))),
  produce: fc
    .tuple(partition, fc.array(draft, { minLength: 1, maxLength: 8 }))
    .map(([at, drafts]) => new Produce(at, drafts)),
  deliver: fc
    .tuple(partition, fc.integer({ min: 1, max: 12 }), fc.constantFrom(true, true, false))
    .map(([at, count, isAcknowledged]) => new Deliver(at, count, isAcknowledged)),
  redeliver: fc
    .tuple(partition, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
    .map(([at, back, count]) => new Redeliver(at, back, count)),
  addPartition: fc.constant(null).map(() => new AddPartition()),
  expireKafka: partition.map((at) => new ExpireKafka(at)),
  resume: fc.constant(null).map(() => new Resume()),
  wait: fc.constantFrom(5, 16, 16, 16, 130, 26 * 60, 8 * 24 * 60).map((minutes) => new Wait(minutes)),
  crowdSegments: fc.constant(null).map(() => new CrowdSegments()),
  loseHotRows: fc.boolean().map((isWhole) => new LoseHotRows(isWhole)),
};

/** Everything that happens, as often as is useful: maintenance shows only after waits, rebuilds are slow. */
export const EVERYTHING: Weights = {
  arrive: 16,
  produce: 5,
  deliver: 8,
  redeliver: 3,
  addPartition: 1,
  expireKafka: 2,
  resume: 4,
  wait: 8,
  crowdSegments: 1,
  loseHotRows: 1,
  compact: 16,
  refreshGold: 8,
  maintain: 8,
  rewrite: 3,
  recompute: 2,
  rebuildGold: 1,
  rebuildViews: 1,
  rebuildHot: 1,
};

/** Compactors that race for a version. */
export const RACES: fc.Arbitrary<Fate> = fc.constantFrom<Fate>(
  { kind: 'ends' },
  { kind: 'pauses', write: 'commit', diesAfter: undefined },
);

/** Histories of steps by their weights; of one seed, always the same. Without fast-check's bias half would be short. */
export function histories(weights: Weights, { maxCommands = 24, fates = fate } = {}): fc.Arbitrary<Iterable<Command>> {
  const weighted = Object.entries(weights).map(([name, weight]) => ({ weight, arbitrary: findStep(name, fates) }));
  const command: fc.Arbitrary<Command> = fc.oneof(...weighted);
  return fc.noBias(fc.commands([command], { size: 'max', maxCommands }));
}

function findStep(name: string, fates: fc.Arbitrary<Fate>): fc.Arbitrary<Command> {
  if (Object.hasOwn(steps, name)) return steps[name as keyof typeof steps];
  return fates.map((how) => new Start(name as RunName, how));
}
