import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  belowTidemarkCondition,
  formatTidemark,
  hotTailCondition,
  type OffsetRanges,
  parseTidemark,
  rangesCondition,
} from '../../../layers/platform/tidemark.ts';
import { runInClickHouse } from '../../support/run-in-clickhouse.ts';

/** Partitions 0 to 3 and offsets 0 to 9: every row that the conditions below can tell apart. */
const ROWS = Array.from({ length: 40 }, (_, index) => [Math.floor(index / 10), index % 10] as const);
const CASES = { numRuns: 150, seed: 1 };

const partitions = fc.uniqueArray(fc.nat({ max: 3 }), { maxLength: 4 });
const tidemark = partitions.chain((keys) =>
  fc.array(fc.nat({ max: 10 }), { minLength: keys.length, maxLength: keys.length }).map((offsets) => {
    return new Map(keys.map((key, index) => [key, offsets[index] ?? 0]));
  }),
);
const ranges: fc.Arbitrary<OffsetRanges> = fc.tuple(tidemark, fc.nat({ max: 5 })).map(([starts, length]) => {
  return new Map([...starts].map(([partition, from]) => [partition, { from, to: from + length }]));
});

/** The rows that ClickHouse lets pass, condition by condition, as "partition:offset". */
async function filterByClickHouse(conditions: readonly string[]): Promise<string[][]> {
  const selects = conditions.map(
    (condition, index) =>
      `SELECT ${index} AS number, arraySort(groupArray(concat(toString(_partition), ':', toString(_offset)))) AS passed
       FROM positions WHERE ${condition}`,
  );
  const values = ROWS.map(([partition, offset]) => `(${partition}, ${offset})`).join(', ');
  const answers = await runInClickHouse([
    'CREATE TABLE positions (_partition Int32, _offset Int64) ENGINE = MergeTree ORDER BY (_partition, _offset)',
    `INSERT INTO positions VALUES ${values}`,
    `SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY number`,
  ]);
  return (answers.at(-1)?.data ?? []).map((row) => row.passed as string[]);
}

function filterRows(isWanted: (partition: number, offset: number) => boolean): string[] {
  return ROWS.filter(([partition, offset]) => isWanted(partition, offset)).map(([p, o]) => `${p}:${o}`);
}

describe('the hot tail', () => {
  it('is every row at or above the tidemark, and every row of a partition that the tidemark does not know', async () => {
    const samples = [new Map<number, number>(), ...fc.sample(tidemark, CASES)];

    const passed = await filterByClickHouse(samples.map(hotTailCondition));

    const expected = samples.map((sample) => filterRows((partition, offset) => offset >= (sample.get(partition) ?? 0)));
    expect(passed).toEqual(expected);
  });
});

describe('what the lake holds', () => {
  it('is every row that is not in the hot tail', async () => {
    const samples = [new Map<number, number>(), ...fc.sample(tidemark, CASES)];

    const passed = await filterByClickHouse(samples.map(belowTidemarkCondition));

    const expected = samples.map((sample) => filterRows((partition, offset) => offset < (sample.get(partition) ?? 0)));
    expect(passed).toEqual(expected);
  });
});

describe('ranges', () => {
  it('let pass exactly their rows, and none where there is no range', async () => {
    const samples = [new Map<number, { from: number; to: number }>(), ...fc.sample(ranges, CASES)];

    const passed = await filterByClickHouse(samples.map(rangesCondition));

    const expected = samples.map((sample) =>
      filterRows((partition, offset) => {
        const range = sample.get(partition);
        return range !== undefined && range.from <= offset && offset < range.to;
      }),
    );
    expect(passed).toEqual(expected);
  });
});

describe('a tidemark as text', () => {
  it('comes back as it was', () => {
    const anyOffset = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const entries = fc.uniqueArray(fc.tuple(fc.nat(), anyOffset), { selector: ([partition]) => partition });
    fc.assert(
      fc.property(entries, (list) => {
        expect(parseTidemark(formatTidemark(new Map(list)))).toEqual(new Map(list));
      }),
    );
  });

  it('is empty where there is none', () => {
    expect(parseTidemark(undefined)).toEqual(new Map());
  });
});
