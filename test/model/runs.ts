import { compactStream } from '../../functions/batch/compact/compact-stream.ts';
import { defineEventsTable, defineRecordsTable } from '../../functions/batch/compact/lake-definitions.ts';
import { maintainStream } from '../../functions/batch/maintain-lake/maintain-stream.ts';
import { rebuildStream } from '../../functions/batch/rebuild/rebuild-stream.ts';
import { recomputeGold } from '../../functions/batch/refresh-gold/recompute-gold.ts';
import { refreshStream } from '../../functions/batch/refresh-gold/refresh-stream.ts';
import { LakeTable } from '../../layers/platform/lake/lake-table.ts';
import { REWRITE_LIMITS } from '../../layers/platform/lake/plan-rewrite.ts';
import type { World } from './engine.ts';
import type { Ports } from './ports.ts';

const HOUR_MS = 3_600_000;
const LONG_MS = 1000 * 24 * HOUR_MS;
/** Several commits a run. */
const LIMITS = { offsets: 6, bytes: Number.POSITIVE_INFINITY };

/** A run of the batch layer over a world, with ports that may be those of one that dies. */
export type Run = (world: World, ports: Ports) => Promise<unknown>;

const forever = Number.POSITIVE_INFINITY;

/** By name; each is what a function or an operator starts. */
export const runs = {
  compact: (world, ports) =>
    compactStream(
      world.declaration,
      { toOffsets: undefined, deadlineMs: forever, limits: LIMITS },
      { ...world.deps, ...ports },
    ),
  refreshGold: (world, ports) => refreshStream(world.declaration, { ...world.deps, ...ports }),
  maintain: (world, ports) =>
    maintainStream(
      world.declaration,
      // As if every row were old: parts are as young as the test.
      { hotRetentionMs: -LONG_MS, historyMs: 3 * HOUR_MS, deadlineMs: forever, isDryRun: false },
      { ...world.deps, ...ports },
    ),
  rewrite: async (world, ports) => {
    const { stream, clock, deps } = world;
    // Two files are enough here: a history is short.
    const limits = { ...REWRITE_LIMITS, minFiles: 2 };
    for (const definition of [defineEventsTable(stream), defineRecordsTable(stream)]) {
      const table = await LakeTable.open(ports.store, definition, { now: clock, newId: deps.newId });
      await table.rewrite({ base: await table.load(), writerId: deps.newId(), deadlineMs: forever, limits });
    }
  },
  recompute: (world, ports) =>
    recomputeGold(world.declaration, { fromDate: '2026-11-20', toDate: '2026-11-20' }, { ...world.deps, ...ports }),
  rebuildGold: rebuild('gold'),
  rebuildViews: rebuild('views'),
  rebuildHot: rebuild('hot'),
} satisfies Readonly<Record<string, Run>>;

export type RunName = keyof typeof runs;

function rebuild(what: 'hot' | 'gold' | 'views'): Run {
  return (world, ports) =>
    rebuildStream(
      world.domain,
      world.declaration,
      { what, isDryRun: false, hotRetentionMs: LONG_MS },
      { ...world.deps, ...ports },
    );
}
