import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  MAX_TRIGGER_LAG_MS,
  type PartitionState,
  planRanges,
  remainderOf,
  takePiece,
} from '../../../functions/batch/compact/plan-ranges.ts';
import type { OffsetRanges, Tidemark } from '../../../layers/platform/tidemark.ts';

const offset = fc.nat({ max: 100 });

const partitionState = (partition: number): fc.Arbitrary<PartitionState> =>
  fc
    .tuple(offset, offset, fc.option(offset, { nil: undefined }), fc.option(fc.nat(), { nil: undefined }))
    .map(([start, length, committed, oldestUndeliveredMs]) => {
      const lastStable = start + length;
      return { partition, logStart: start, lastStable, committed, oldestUndeliveredMs };
    });

const states = fc
  .nat({ max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, p) => partitionState(p))));

const offsetsByPartition: fc.Arbitrary<Tidemark> = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 5 }), offset), { selector: ([partition]) => partition })
  .map((entries) => new Map(entries));

const ranges: fc.Arbitrary<OffsetRanges> = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 9 }), offset, fc.integer({ min: 1, max: 50 })), {
    selector: ([partition]) => partition,
    minLength: 1,
  })
  .map((list) => new Map(list.map(([partition, from, length]) => [partition, { from, to: from + length }])));

describe('planned ranges', () => {
  it('begin at the tidemark, never empty, and end within the log', () => {
    fc.assert(
      fc.property(states, offsetsByPartition, fc.option(offsetsByPartition, { nil: undefined }), (all, mark, ends) => {
        const plan = planRanges(mark, all, ends);

        for (const [partition, { from, to }] of plan.ranges) {
          const state = all[partition];
          expect(from).toBe(mark.get(partition) ?? state?.logStart);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(state?.lastStable ?? Number.NaN);
          expect(to).toBeLessThanOrEqual(ends === undefined ? to : (ends.get(partition) ?? Number.NaN));
        }
      }),
    );
  });

  it('pass what the trigger has delivered only where it lags or an explicit end says so, and name it then', () => {
    fc.assert(
      fc.property(states, offsetsByPartition, (all, mark) => {
        const { ranges: planned, overtaken } = planRanges(mark, all);

        const beyond = [...planned].filter(([p, { from, to }]) => to > (all[p]?.committed ?? from)).map(([p]) => p);
        expect(overtaken).toEqual(beyond);
        const lagging = all.filter((state) => (state.oldestUndeliveredMs ?? 0) > MAX_TRIGGER_LAG_MS);
        expect(lagging.map(({ partition }) => partition)).toEqual(expect.arrayContaining(beyond));
      }),
    );
  });

  it('take a partition that the lake does not know from the log’s start', () => {
    const state = { partition: 1, logStart: 40, lastStable: 60, committed: 50, oldestUndeliveredMs: undefined };

    expect(planRanges(new Map([[0, 7]]), [state]).ranges).toEqual(new Map([[1, { from: 40, to: 50 }]]));
  });
});

describe('pieces', () => {
  it('one after the other are the ranges, each offset once, none larger than allowed', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: 1, max: 60 }), (whole, maxOffsets) => {
        const taken: string[] = [];
        let left = whole;
        while (left.size > 0) {
          const piece = takePiece(left, maxOffsets);
          const offsets = listOffsets(piece);
          expect(offsets.length).toBeGreaterThan(0);
          expect(offsets.length).toBeLessThanOrEqual(Math.max(maxOffsets, left.size));
          taken.push(...offsets);
          left = remainderOf(whole, reach(whole, left, piece));
        }

        expect(taken.sort()).toEqual(listOffsets(whole).sort());
      }),
    );
  });

  it('leave nothing below a tidemark that another compactor has moved', () => {
    fc.assert(
      fc.property(ranges, offsetsByPartition, (whole, mark) => {
        const left = listOffsets(remainderOf(whole, mark));

        const expected = [...whole].flatMap(([partition, { from, to }]) => {
          return listOffsets(new Map([[partition, { from: Math.max(from, mark.get(partition) ?? 0), to }]]));
        });
        expect(left).toEqual(expected);
      }),
    );
  });
});

/** The tidemark after a piece of what was left. */
function reach(whole: OffsetRanges, left: OffsetRanges, piece: OffsetRanges): Tidemark {
  return new Map([...whole].map(([p, { to }]) => [p, piece.get(p)?.to ?? left.get(p)?.from ?? to]));
}

function listOffsets(all: OffsetRanges): string[] {
  return [...all].flatMap(([partition, { from, to }]) =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => `${partition}:${from + index}`),
  );
}
