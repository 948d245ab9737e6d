import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leaveOutRepeats } from '../../../functions/batch/compact/leave-out-repeats.ts';
import { type Copy, countOnce, HORIZON_MS, idOf, positionOf } from '../../support/user-event-model.ts';

const identity = { column: 'event_id', contentColumn: 'page', horizonMs: HORIZON_MS };

const copies = fc
  .array(
    fc.record({
      partition: fc.nat({ max: 2 }),
      id: fc.nat({ max: 4 }),
      halfHorizons: fc.nat({ max: 6 }),
      edge: fc.integer({ min: -1, max: 1 }),
    }),
    { maxLength: 40 },
  )
  .map((drafts) =>
    drafts.map(({ partition, id, halfHorizons, edge }, offset): Copy => {
      const timestamp = (halfHorizons * HORIZON_MS) / 2 + edge;
      return { partition, offset, timestamp, id: idOf(id), page: '/' };
    }),
  );

function toRows(events: readonly Copy[]) {
  return {
    event_id: events.map(({ id }) => id),
    _partition: events.map(({ partition }) => partition),
    _offset: events.map(({ offset }) => BigInt(offset)),
    _timestamp: events.map(({ timestamp }) => BigInt(timestamp) * 1000n),
  };
}

describe('a piece of the log', () => {
  it('keeps what the rule of the design counts, whatever silver holds', () => {
    fc.assert(
      fc.property(copies, copies, (before, piece) => {
        const silver = countOnce(before, []);
        const counted = new Map<string, number[]>();
        for (const { id, timestamp } of silver) counted.set(id, [...(counted.get(id) ?? []), timestamp]);

        const { rows, repeated } = leaveOutRepeats(identity, toRows(piece), counted);

        const partitions: readonly unknown[] = Array.from(rows._partition ?? []);
        const positions = partitions.map((partition, row) => `${partition}:${rows._offset?.[row]}`);
        expect(positions.sort()).toEqual(countOnce(piece, silver).map(positionOf).sort());
        const left = [...repeated.values()].reduce((sum, count) => sum + count, 0);
        expect(left).toBe(piece.length - positions.length);
      }),
    );
  });
});
