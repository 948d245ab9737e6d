import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  formatSummary,
  parseSummary,
  type SnapshotSummary,
} from '../../../functions/batch/compact/snapshot-summary.ts';

const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const byPartition = <T>(value: fc.Arbitrary<T>) =>
  fc.uniqueArray(fc.tuple(fc.nat(), value), { selector: ([key]) => key }).map((entries) => new Map(entries));

const summary: fc.Arbitrary<SnapshotSummary> = fc.record({
  tidemark: byPartition(number),
  stored: byPartition(number),
  rejected: byPartition(number),
  repeated: byPartition(number),
  lastRecords: byPartition(fc.record({ offset: number, hash: fc.string(), timestamp: fc.maxSafeInteger() })),
  gaps: fc.array(fc.record({ partition: fc.nat(), from: number, to: number, offsets: number })),
  historicalThroughMs: fc.option(fc.maxSafeInteger(), { nil: undefined }),
  schemaVersion: fc.nat(),
  erasures: fc.array(fc.uuid(), { maxLength: 3 }),
});

describe("a snapshot's summary", () => {
  it('comes back from its properties as it was', () => {
    fc.assert(
      fc.property(summary, (given) => {
        const properties = formatSummary(given);

        expect(Object.values(properties).every((value) => typeof value === 'string')).toBe(true);
        expect(parseSummary({ ...properties, operation: 'append' })).toEqual(given);
      }),
    );
  });

  it('of a table without a snapshot is empty', () => {
    const none = new Map();
    const empty = { tidemark: none, stored: none, rejected: none, repeated: none, lastRecords: none };
    expect(parseSummary({})).toEqual({
      ...empty,
      gaps: [],
      historicalThroughMs: undefined,
      schemaVersion: 0,
      erasures: [],
    });
  });
});
