import type { Gold } from '@tidemark/domains/domain';
import type { RunDependencies } from '@tidemark/platform/batch-runs';
import type { Pin } from '@tidemark/platform/publication';
import { renderTemplate } from '@tidemark/platform/render-template';
import { rangesBetween, rangesCondition } from '@tidemark/platform/tidemark';
import { hashDefinition } from './gold-definition.ts';
import { type Refresh, storeRefresh } from './refresh-log.ts';
import { foldSegments, insertSegment } from './segments.ts';

/** A version of the lake that gold is made from. */
export type GoldSource = Pick<Pin, 'snapshot' | 'tidemark' | 'lakeTable'>;

/** Above so many segments they are folded into one. */
const MAX_SEGMENTS = 100;

/** Adds a segment for what lies between a refresh and the source, folds where there are too many, and notes the result. */
export async function extendGold(
  stream: string,
  gold: Gold,
  before: Refresh,
  { snapshot, tidemark, lakeTable }: GoldSource,
  { clickhouse, newId }: Pick<RunDependencies, 'clickhouse' | 'newId'>,
): Promise<Refresh> {
  const added = rangesBetween(before.tidemark, tidemark);
  // Without new events, the segments hold the newer of the two snapshots alike.
  if (added.size === 0) return before.snapshot > snapshot ? before : { ...before, snapshot, tidemark };
  const addSegment = async (firstSnapshot: number, rows: string) => {
    const id = newId();
    await insertSegment(clickhouse, gold, { id, firstSnapshot, lastSnapshot: snapshot }, rows);
    return id;
  };
  const contribution = renderTemplate(gold.contribution, { events: lakeTable, range: rangesCondition(added) });
  let segments = [...before.segments, await addSegment(before.snapshot + 1, contribution)];
  if (segments.length > MAX_SEGMENTS) segments = [await addSegment(1, foldSegments(gold, segments))];
  const refresh = { generation: before.generation, snapshot, tidemark, segments };
  await storeRefresh(clickhouse, { ...refresh, gold: gold.name, stream, definition: hashDefinition(gold) });
  return refresh;
}
