import type { StreamDeclaration } from '@tidemark/domains/domain';
import type { Stream } from '@tidemark/domains/stream';
import { type ErasureState, noteErased, storeErasureStep } from '@tidemark/platform/erasures';
import { TidemarkError } from '@tidemark/platform/errors';
import { rangesBetween } from '@tidemark/platform/tidemark';
import { type CompactDependencies, compactStream } from '../compact/compact-stream.ts';
import { publishNewest } from '../compact/publish-newest.ts';
import { parseSummary } from '../compact/snapshot-summary.ts';
import { raiseFloor, readFloors } from '../maintain-lake/raise-floor.ts';
import { recomputeGold } from '../refresh-gold/recompute-gold.ts';
import { refreshStream } from '../refresh-gold/refresh-stream.ts';
import { deleteRows } from './delete-rows.ts';
import { type ErasureTables, openTables } from './open-tables.ts';
import { readKnownPositions } from './search-subject.ts';
import { takeFromLake } from './take-from-lake.ts';

/**
 * Makes a subject vanish from every answer: compacts past the ends, so that no reader of Kafka comes by its records
 * again; takes its rows from the lake; computes gold again; publishes; and refuses every older view.
 *
 * @returns the state unchanged where compaction did not reach the ends
 */
export async function vanish(
  declaration: StreamDeclaration,
  erasure: ErasureState,
  deadlineMs: number,
  deps: CompactDependencies,
): Promise<ErasureState> {
  const { stream } = declaration;
  const { clickhouse } = deps;
  const tables = await openTables(stream, deps);
  await compactStream(declaration, { toOffsets: erasure.ends, deadlineMs }, deps);
  if (!(await isPast(stream, erasure, tables, deps))) return erasure;

  const taken = await takeFromLake(stream, erasure, tables, deps);
  await publishNewest(declaration, tables.events, deps);
  const known = await readKnownPositions(clickhouse, erasure);
  // Where nothing was found gold says nothing wrong, but its views still show what was before the compaction.
  if (known.size === 0) await refreshStream(declaration, deps);
  else await recomputeGold(declaration, { fromDate: undefined, toDate: undefined }, deps);
  const floors = await readFloors(clickhouse, stream.name);
  if (floors.published < taken.snapshot) {
    throw new TidemarkError(`a view of ${stream.name} still shows snapshot ${floors.published}: refresh gold first`, {
      retryable: true,
    });
  }
  await raiseFloor(clickhouse, stream.name, floors);
  await deleteRows(stream, erasure, clickhouse);
  const state: ErasureState = { ...erasure, status: 'vanished', ...taken };
  await storeErasureStep(clickhouse, state, state);
  return state;
}

async function isPast(
  { topic, name }: Stream,
  { ends, positions, id }: ErasureState,
  { events }: ErasureTables,
  { kafka, clickhouse }: CompactDependencies,
): Promise<boolean> {
  const { tidemark } = parseSummary((await events.load()).summary);
  const starts = new Map((await kafka.offsets(topic)).map(({ partition, logStart }) => [partition, logStart] as const));
  // What was asked for by position may have been written down without its positions.
  await noteErased(
    clickhouse,
    name,
    positions.map(([partition, offset]) => ({ partition, offset, erasureId: id })),
  );
  const reached = new Map([...ends.keys()].map((p) => [p, tidemark.get(p) ?? starts.get(p) ?? 0] as const));
  return rangesBetween(reached, ends).size === 0;
}
