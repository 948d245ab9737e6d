import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createWorld, produce, type World } from '../../support/compaction.ts';
import { Killed, killAtWrite } from '../../support/failing-object-store.ts';
import { poisonRecord, saleRecord } from '../../support/retail-records.ts';

const PARTITIONS = 2;
const limits = { offsets: 6, bytes: Number.POSITIVE_INFINITY };

/** What the two layers ought to hold, position by position. */
interface Model {
  /** Valid events and dead letters, as `partition:offset`; markers are in neither. */
  readonly valid: Set<string>;
  readonly poison: Set<string>;
  /** How far the trigger has stored, which may be further than it has committed. */
  readonly storedUpTo: number[];
  produced: number;
}

type Real = World;

class Produce implements fc.AsyncCommand<Model, Real> {
  readonly partition: number;
  readonly kinds: readonly string[];
  constructor(partition: number, kinds: readonly string[]) {
    this.partition = partition;
    this.kinds = kinds;
  }
  check = () => true;
  async run(model: Model, world: Real) {
    for (const kind of this.kinds) {
      const n = model.produced;
      model.produced += 1;
      const slot = kind === 'marker' ? 'marker' : kind === 'valid' ? saleRecord(n) : poisonRecord(n);
      const position = `${this.partition}:${produce(world.kafka, this.partition, [slot]) - 1}`;
      if (kind === 'valid') model.valid.add(position);
      if (kind === 'poison') model.poison.add(position);
    }
  }
  toString = () => `produce ${this.partition} [${this.kinds.join(', ')}]`;
}

/** The trigger hands over what follows its commit, and then commits or dies. */
class Deliver implements fc.AsyncCommand<Model, Real> {
  readonly partition: number;
  readonly count: number;
  readonly isCommitted: boolean;
  constructor(partition: number, count: number, isCommitted: boolean) {
    this.partition = partition;
    this.count = count;
    this.isCommitted = isCommitted;
  }
  check = () => true;
  async run(model: Model, world: Real) {
    const { kafka } = world;
    const from = Math.max(kafka.committedOffsets.get(this.partition) ?? 0, kafka.logStarts.get(this.partition) ?? 0);
    const to = Math.min(from + this.count, kafka.partitions[this.partition]?.length ?? 0);
    if (to <= from) return;
    await world.deliver(this.partition, from, to, { isCommitted: this.isCommitted });
    model.storedUpTo[this.partition] = Math.max(to, model.storedUpTo[this.partition] ?? 0);
    await expectExact(model, world);
  }
  toString = () => `deliver ${this.partition} ${this.count}${this.isCommitted ? '' : ' and die'}`;
}

class Compact implements fc.AsyncCommand<Model, Real> {
  readonly compactors: number;
  constructor(compactors: number) {
    this.compactors = compactors;
  }
  check = () => true;
  async run(model: Model, world: Real) {
    await Promise.all(Array.from({ length: this.compactors }, () => world.compact({ limits })));
    await expectExact(model, world);
  }
  toString = () => `compact x${this.compactors}`;
}

class CompactAndDie implements fc.AsyncCommand<Model, Real> {
  readonly write: number;
  readonly when: 'before' | 'after';
  constructor(write: number, when: 'before' | 'after') {
    this.write = write;
    this.when = when;
  }
  check = () => true;
  async run(model: Model, world: Real) {
    const { store } = killAtWrite(world.store, this);
    await world.compact({ limits }, { store }).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    await expectExact(model, world);
  }
  toString = () => `compact and die ${this.when} write ${this.write}`;
}

/** Retention deletes what the trigger has committed, whether the lake has it or not. */
class Expire implements fc.AsyncCommand<Model, Real> {
  readonly partition: number;
  constructor(partition: number) {
    this.partition = partition;
  }
  check = () => true;
  async run(_model: Model, { kafka }: Real) {
    const committed = kafka.committedOffsets.get(this.partition) ?? 0;
    kafka.logStarts.set(this.partition, Math.max(committed, kafka.logStarts.get(this.partition) ?? 0));
  }
  toString = () => `expire ${this.partition}`;
}

/** Lake below the tidemark and hot rows from it are what was stored, each once; dead letters alike. */
async function expectExact(model: Model, world: World): Promise<void> {
  const { events, deadLetters, summary } = await world.readLake();
  const isAbove = (position: string) => {
    const [partition, offset] = toNumbers(position);
    return offset >= (summary.tidemark.get(partition) ?? 0);
  };
  const isStored = (position: string) => {
    const [partition, offset] = toNumbers(position);
    return offset < (model.storedUpTo[partition] ?? 0);
  };
  const unified = [...events, ...[...world.clickhouse.hotRows.keys()].filter(isAbove)];
  expect(unified.sort()).toEqual([...model.valid].filter(isStored).sort());
  expect(events.filter(isAbove)).toEqual([]);
  const refused = [...model.poison].filter(isStored).sort();
  expect([...world.clickhouse.deadLetters.keys()].sort()).toEqual(refused);
  expect(deadLetters).toEqual([...new Set(deadLetters)]);
  expect(deadLetters).toEqual(expect.arrayContaining(refused.filter((position) => !isAbove(position))));
}

function toNumbers(position: string): [partition: number, offset: number] {
  const [partition, offset] = position.split(':').map(Number);
  return [partition ?? 0, offset ?? 0];
}

const partition = fc.nat({ max: PARTITIONS - 1 });
const kinds = fc.array(fc.constantFrom('valid', 'valid', 'poison', 'marker'), { minLength: 1, maxLength: 8 });
const commands = fc.commands(
  [
    fc.tuple(partition, kinds).map(([at, what]) => new Produce(at, what)),
    fc.tuple(partition, fc.integer({ min: 1, max: 9 }), fc.boolean()).map(([at, n, is]) => new Deliver(at, n, is)),
    fc.constantFrom(1, 1, 2).map((compactors) => new Compact(compactors)),
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom('before' as const, 'after' as const))
      .map(([write, when]) => new CompactAndDie(write, when)),
    partition.map((at) => new Expire(at)),
  ],
  { size: '+1', maxCommands: 25 },
);

describe('unified', () => {
  it('is every valid event that was stored, each once, after any history of both layers', async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (history) => {
        const setup = () => ({
          model: { valid: new Set<string>(), poison: new Set<string>(), storedUpTo: [0, 0], produced: 0 },
          real: createWorld({ partitions: PARTITIONS }),
        });
        await fc.asyncModelRun(setup, history);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
