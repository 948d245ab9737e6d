import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import type fc from 'fast-check';
import { EXPIRED_UNREAD } from '../../functions/batch/reconcile/account-partition.ts';
import { reconcileStream } from '../../functions/batch/reconcile/reconcile-stream.ts';
import { createIngest } from '../../functions/speed/ingest/ingest-records.ts';
import { OffsetOutOfRange } from '../../layers/platform/kafka/log-errors.ts';
import { rangesCondition } from '../../layers/platform/tidemark.ts';
import { silentLog } from '../support/compaction.ts';
import { Killed } from '../support/failing-object-store.ts';
import { kafkaEventOf } from '../support/retail-records.ts';
import type { World } from './engine.ts';
import { expectExact } from './expect-exact.ts';
import { followLake, type History, note, type PausedRun } from './history.ts';
import { type Intervention, interceptWrites } from './ports.ts';
import { type RunName, runs } from './runs.ts';
import type { Draft } from './stream-model.ts';

/** A step of a history: it happens, and then everything is exact. */
abstract class Step implements fc.AsyncCommand<History, World> {
  check = () => true;
  async run(history: History, world: World): Promise<void> {
    note(history, this.constructor.name);
    await this.happen(history, world);
    await expectExact(history, world);
  }
  abstract happen(history: History, world: World): Promise<void>;
  abstract toString(): string;
}

export class Produce extends Step {
  readonly partition: number;
  readonly drafts: readonly Draft[];
  constructor(partition: number, drafts: readonly Draft[]) {
    super();
    this.partition = partition;
    this.drafts = drafts;
  }
  /** No reader sees what is not delivered. */
  override async run(history: History, world: World) {
    note(history, 'Produce');
    await this.happen(history, world);
  }
  async happen(history: History, { kafka, clock }: World) {
    const partition = this.partition % kafka.partitions.length;
    const log = kafka.partitions[partition] ?? [];
    for (const draft of this.drafts) {
      const offset = log.length;
      if (draft.kind === 'marker') {
        log.push('marker');
        continue;
      }
      const { record, id = `${partition}:${offset}`, says } = history.stream.draft(draft, clock());
      log.push(record);
      if (says === undefined) history.poison.push({ partition, offset });
      else history.events.push({ partition, offset, timestamp: record.timestamp, id, says });
    }
  }
  toString = () => `produce ${this.partition} [${this.drafts.map(describeDraft).join(', ')}]`;
}

/** The trigger hands over what follows its commit; where the acknowledgement is lost, the same comes again. */
export class Deliver extends Step {
  readonly partition: number;
  readonly count: number;
  readonly isAcknowledged: boolean;
  constructor(partition: number, count: number, isAcknowledged: boolean) {
    super();
    this.partition = partition;
    this.count = count;
    this.isAcknowledged = isAcknowledged;
  }
  async happen(history: History, world: World) {
    const { kafka } = world;
    const partition = this.partition % kafka.partitions.length;
    const from = Math.max(kafka.committedOffsets.get(partition) ?? 0, kafka.logStarts.get(partition) ?? 0);
    const to = Math.min(from + this.count, kafka.partitions[partition]?.length ?? 0);
    if (to <= from) return;
    await ingest(world, partition, from, to);
    history.storedUpTo.set(partition, Math.max(to, history.storedUpTo.get(partition) ?? 0));
    if (this.isAcknowledged) kafka.committedOffsets.set(partition, to);
    else note(history, 'lost acknowledgement');
  }
  toString = () =>
    `deliver ${this.partition} ${this.count}${this.isAcknowledged ? '' : ' and lose the acknowledgement'}`;
}

/** Somebody has set the trigger back: what was delivered long ago comes again, in a batch of another size. */
export class Redeliver extends Step {
  readonly partition: number;
  readonly back: number;
  readonly count: number;
  constructor(partition: number, back: number, count: number) {
    super();
    this.partition = partition;
    this.back = back;
    this.count = count;
  }
  async happen(_history: History, world: World) {
    const { kafka } = world;
    const partition = this.partition % kafka.partitions.length;
    const committed = kafka.committedOffsets.get(partition) ?? 0;
    const from = Math.max(committed - this.back, kafka.logStarts.get(partition) ?? 0);
    await ingest(world, partition, from, Math.min(from + this.count, committed));
  }
  toString = () => `redeliver ${this.partition} ${this.count} from ${this.back} before the commit`;
}

/** Records are appended and delivered at once. */
export class Arrive extends Step {
  readonly produce: Produce;
  readonly deliver: Deliver;
  constructor(produce: Produce, deliver: Deliver) {
    super();
    this.produce = produce;
    this.deliver = deliver;
  }
  async happen(history: History, world: World) {
    await this.produce.happen(history, world);
    await this.deliver.happen(history, world);
  }
  override toString = () => `${this.produce}, ${this.deliver}`;
}

export class AddPartition extends Step {
  async happen(_history: History, { kafka }: World) {
    if (kafka.partitions.length < 3) kafka.partitions.push([]);
  }
  toString = () => 'add a partition';
}

/** Kafka's retention deletes what the trigger has committed, whether the lake has it or not. */
export class ExpireKafka extends Step {
  readonly partition: number;
  constructor(partition: number) {
    super();
    this.partition = partition;
  }
  override async run(history: History, world: World) {
    note(history, 'ExpireKafka');
    await this.happen(history, world);
  }
  async happen(_history: History, { kafka }: World) {
    const partition = this.partition % kafka.partitions.length;
    kafka.logStarts.set(partition, kafka.committedOffsets.get(partition) ?? 0);
  }
  toString = () => `expire ${this.partition} in kafka`;
}

/** How a run ends, or that it waits. Writes are numbered from 1. */
export type Fate =
  | { readonly kind: 'ends' }
  | { readonly kind: 'twice' }
  | { readonly kind: 'dies'; readonly when: 'before' | 'after'; readonly write: number }
  /** Goes on when it is told to; and then, if it is to die, after so many more writes. */
  | { readonly kind: 'pauses'; readonly write: number | 'commit'; readonly diesAfter: number | undefined };

/** The PUT that makes a version of a table of events. */
const COMMIT = /^(?!tidemark\/|bronze\/).*\/metadata\/v(?!1\.)\d+\.metadata\.json$/;

/** One of the runs of the batch layer. */
export class Start extends Step {
  readonly name: RunName;
  readonly fate: Fate;
  constructor(name: RunName, fate: Fate) {
    super();
    this.name = name;
    this.fate = fate;
  }
  async happen(history: History, world: World) {
    const { fate } = this;
    note(history, this.name);
    const start = (intervene: Intervention) => runs[this.name](world, interceptWrites(world.deps, intervene));
    if (fate.kind === 'ends') await start(perform);
    if (fate.kind === 'twice') await Promise.all([start(perform), start(perform)]);
    if (fate.kind === 'dies') await start(dieAt(fate)).catch(onlyKilled);
    if (fate.kind === 'pauses') await startPaused(start, fate, history, world);
  }
  toString = () => `${this.name} ${JSON.stringify(this.fate)}`;
}

/** The run that has waited longest goes on, to its end. */
export class Resume extends Step {
  async happen(history: History) {
    await history.paused.shift()?.finish();
  }
  toString = () => 'resume';
}

/** Time goes by. No run takes ten minutes: those that would have, end first. */
export class Wait extends Step {
  readonly minutes: number;
  constructor(minutes: number) {
    super();
    this.minutes = minutes;
  }
  async happen(history: History, { time, clock }: World) {
    const laterMs = clock() + this.minutes * 60_000;
    while (history.paused[0] !== undefined && laterMs - history.paused[0].pausedAtMs > 600_000) {
      await history.paused.shift()?.finish();
    }
    time.skippedMs += this.minutes * 60_000;
  }
  toString = () => `wait ${this.minutes} minutes`;
}

/** As after a hundred refreshes whose events were none: the next refresh folds. */
export class CrowdSegments extends Step {
  async happen(_history: History, { declaration, clickhouse }: World) {
    const empty = Array.from({ length: 100 }, () => `toUUID('${randomUUID()}')`).join(', ');
    for (const { name } of declaration.gold) {
      await clickhouse.command(
        `INSERT INTO tidemark.gold_refreshes (gold, stream, generation, snapshot, tidemark, segments, definition, refreshed_at)
         SELECT gold, stream, generation, snapshot, tidemark, arrayConcat(segments, [${empty}]), definition,
           refreshed_at + INTERVAL 1 MILLISECOND
         FROM tidemark.gold_refreshes WHERE gold = '${name}' AND length(segments) < 100
         ORDER BY generation DESC, snapshot DESC, refreshed_at DESC LIMIT 1 BY definition`,
      );
    }
  }
  toString = () => 'crowd the segments';
}

/** The hot table goes, or some of its rows, and is rebuilt; where Kafka still has what the lake has not. */
export class LoseHotRows extends Step {
  readonly isWhole: boolean;
  constructor(isWhole: boolean) {
    super();
    this.isWhole = isWhole;
  }
  async happen(history: History, world: World) {
    const { kafka, stream, clickhouse } = world;
    while (history.paused.length > 0) await history.paused.shift()?.finish();
    await followLake(history, world);
    const tidemark = history.lineage.at(-1) ?? new Map();
    const isGone = [...kafka.logStarts].some(([partition, logStart]) => logStart > (tidemark.get(partition) ?? 0));
    if (isGone) await runs.compact(world, world.deps);
    // Repeats below the tidemark come from nowhere again: no view may look for them.
    await runs.rebuildViews(world, world.deps);
    const hot = `${stream.database}.${stream.hotTable}`;
    if (this.isWhole) {
      await clickhouse.command(`DROP TABLE ${hot}`);
      // What nobody has acknowledged is delivered again.
      for (const partition of history.storedUpTo.keys()) {
        history.storedUpTo.set(partition, kafka.committedOffsets.get(partition) ?? 0);
      }
    } else {
      const acknowledged = new Map([...kafka.committedOffsets].map(([partition, to]) => [partition, { from: 0, to }]));
      await clickhouse.command(`DELETE FROM ${hot} WHERE _offset % 3 = 1 AND ${rangesCondition(acknowledged)}`);
    }
    await runs.rebuildHot(world, world.deps);
  }
  toString = () => `lose ${this.isWhole ? 'the hot table' : 'hot rows'} and rebuild`;
}

/** Everything ends, and nothing refuses any more; and every offset is accounted for. */
export async function settle(history: History, world: World): Promise<void> {
  while (history.paused.length > 0) {
    await history.paused.shift()?.finish();
    // What a late commit breaks, the next run may heal.
    await followLake(history, world);
  }
  await runs.compact(world, world.deps);
  await runs.refreshGold(world, world.deps);
  history.mayRefuse = false;
  await expectExact(history, world);
  const ledger = await reconcileStream(world.declaration, { isFull: true, hotRetentionMs: 0 }, world.deps);
  const found = ledger.partitions.map(({ gaps, doubles, mismatches }) => {
    // What Kafka deleted before anybody read it is lost in the model as well.
    return [...gaps.filter(({ reason }) => reason !== EXPIRED_UNREAD), ...doubles, ...mismatches];
  });
  expect({ found, missing: ledger.missingFiles }).toEqual({ found: found.map(() => []), missing: [] });
}

async function ingest({ kafka, stream, deps }: World, partition: number, from: number, to: number): Promise<void> {
  const run = createIngest(stream, { clickhouse: deps.clickhouse, log: silentLog });
  for await (const { records } of kafka.read({ topic: stream.topic, partition, from, to })) {
    await run(kafkaEventOf(records));
  }
}

const perform: Intervention = (_write, run) => run();

/** A process that was killed: nothing that it does reaches anything any more. */
function dieAt({ when, write: last }: { when: 'before' | 'after'; write: number }): Intervention {
  return async ({ number }, run) => {
    if (number > last || (number === last && when === 'before')) throw new Killed();
    const result = await run();
    if (number === last) throw new Killed();
    return result;
  };
}

/** Resolves when the run stands still, or has ended before. */
async function startPaused(
  start: (intervene: Intervention) => Promise<unknown>,
  { write: pauseAt, diesAfter }: { write: number | 'commit'; diesAfter: number | undefined },
  history: History,
  { clock }: World,
): Promise<void> {
  const gate = createGate();
  const reached = createGate();
  let pausedAt = Number.POSITIVE_INFINITY;
  const ended = start(async ({ number, target }, run) => {
    const isHere = pauseAt === 'commit' ? COMMIT.test(target) : number === pauseAt;
    if (isHere && pausedAt > number) {
      pausedAt = number;
      reached.open();
      await gate.opened;
    }
    if (diesAfter !== undefined && number >= pausedAt + diesAfter) throw new Killed();
    return run();
  });
  const outcome = ended.then(
    () => undefined,
    (error: unknown) => {
      // Kafka may have deleted meanwhile what a compactor was going to read: it says so, and the next one starts anew.
      if (!(error instanceof OffsetOutOfRange)) onlyKilled(error);
      history.mayRefuse = true;
    },
  );
  const isPaused = await Promise.race([reached.opened.then(() => true), outcome.then(() => false)]);
  if (!isPaused) return;
  note(history, 'paused');
  const finish = async () => {
    gate.open();
    await outcome;
  };
  history.paused.push({ pausedAtMs: clock(), finish } satisfies PausedRun);
}

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function onlyKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}

function describeDraft({ kind, id, variant, halfDays }: Draft): string {
  return kind === 'event' ? `${id}/${variant}@${halfDays}` : kind;
}
