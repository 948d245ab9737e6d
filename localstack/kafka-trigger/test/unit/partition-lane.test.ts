import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PartitionLane } from '../../src/core/partition-lane.ts';
import type { KafkaRecord } from '../../src/core/record.ts';
import { createRecord } from '../support/records.ts';

const ROOM = 100_000;

let flight: readonly KafkaRecord[] = [];

function take(lane: PartitionLane, maxRecords: number): number[] {
  flight = lane.take(maxRecords, ROOM).records;
  return flight.map(({ offset }) => offset);
}

function settle(lane: PartitionLane, resumeAt = Number.POSITIVE_INFINITY): void {
  lane.finish(flight.filter(({ offset }) => offset < resumeAt));
  lane.release();
}

describe('the offset ledger of a partition', () => {
  it('knows nothing to commit before the first fetch', () => {
    expect(new PartitionLane('t', 0).firstUnfinished).toBeUndefined();
  });

  it('commits up to the next waiting record, past offsets that carry none', () => {
    const lane = new PartitionLane('t', 0);
    lane.accept([createRecord(10), createRecord(14)], 20);
    take(lane, 1);
    expect(lane.firstUnfinished).toBe(10);
    settle(lane);
    expect(lane.firstUnfinished).toBe(14);
    take(lane, 1);
    settle(lane);
    expect(lane.firstUnfinished).toBe(20);
  });

  it('passes control records at the end of the log', () => {
    const lane = new PartitionLane('t', 0);
    lane.accept([createRecord(1)], 2);
    take(lane, 1);
    lane.accept([], 3);
    expect(lane.firstUnfinished).toBe(1);
    settle(lane);
    expect(lane.firstUnfinished).toBe(3);
  });

  it('knows how far the log goes on', () => {
    const lane = new PartitionLane('t', 0);
    expect(lane.lagAfter(3)).toBeNull();
    lane.endOffset = 10;
    expect(lane.lagAfter(3)).toBe(6);
    expect(lane.lagAfter(9)).toBe(0);
  });

  it('delivers again from a partial failure on', () => {
    const lane = new PartitionLane('t', 0);
    lane.accept(
      [1, 2, 3, 4].map((offset) => createRecord(offset)),
      5,
    );
    take(lane, 3);
    settle(lane, 2);
    expect(lane.firstUnfinished).toBe(2);
    expect(take(lane, 10)).toEqual([2, 3, 4]);
  });

  it('under any interleaving delivers every record once in order, and never counts an unfinished one as done', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('fetch' as const), gap: fc.nat(3), count: fc.nat(5), trailing: fc.nat(2) }),
      fc.record({ kind: fc.constant('refetch' as const), back: fc.nat(6) }),
      fc.record({ kind: fc.constant('take' as const), max: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ kind: fc.constant('settle' as const), failAt: fc.option(fc.nat(6)) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const lane = new PartitionLane('t', 0);
        const log: number[] = [];
        const done: number[] = [];
        let nextOffset = 0;
        let inFlight: number[] = [];
        for (const each of steps) {
          if (each.kind === 'fetch') {
            const offsets = Array.from({ length: each.count }, (_, i) => nextOffset + each.gap + i);
            log.push(...offsets);
            nextOffset += each.gap + each.count + each.trailing;
            lane.accept(
              offsets.map((offset) => createRecord(offset)),
              nextOffset,
            );
          } else if (each.kind === 'refetch') {
            lane.accept(
              log.slice(-each.back || log.length).map((offset) => createRecord(offset)),
              nextOffset,
            );
          } else if (each.kind === 'take' && inFlight.length === 0) {
            inFlight = take(lane, each.max);
          } else if (each.kind === 'settle' && inFlight.length > 0) {
            const resumeAt = each.failAt === null ? undefined : inFlight[each.failAt];
            done.push(...inFlight.filter((offset) => offset < (resumeAt ?? Number.POSITIVE_INFINITY)));
            settle(lane, resumeAt);
            inFlight = [];
          }
          const unfinished = log[done.length];
          expect(done).toEqual(log.slice(0, done.length));
          if (unfinished !== undefined) expect(lane.firstUnfinished).toBe(unfinished);
          else if (log.length > 0) expect(lane.firstUnfinished).toBe(nextOffset);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
