import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createStoreRows, type HotRow } from '../../../functions/speed/ingest/store-rows.ts';
import { ClickHouseUnavailable } from '../../../layers/platform/clickhouse.ts';

const rowsOf = (count: number): HotRow[] => Array.from({ length: count }, (_, index) => [index]);
const refuse = (code: string | undefined) => new ClickHouseUnavailable('refused', code, undefined);

/** A server that takes an insert only if it may take all of it. */
function serverRefusing(isRefused: (row: HotRow) => boolean, code: string | undefined) {
  const stored = new Set<unknown>();
  const server = { stored, inserts: 0 };
  const insert = async (rows: readonly HotRow[]) => {
    server.inserts += 1;
    if (rows.some(isRefused)) throw refuse(code);
    for (const [value] of rows) stored.add(value);
  };
  return { server, insert };
}

describe('storing rows', () => {
  it('stores all of them but those that the server refuses alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 60 }), fc.uniqueArray(fc.nat({ max: 59 })), async (count, chosen) => {
        const refused = chosen.filter((index) => index < count).slice(0, count - 1);
        const { server, insert } = serverRefusing(([value]) => refused.includes(Number(value)), '27');

        const answer = await createStoreRows(insert)(rowsOf(count));

        expect(answer.map(({ index }) => index).sort((a, b) => a - b)).toEqual(refused.sort((a, b) => a - b));
        expect([...server.stored]).toHaveLength(count - refused.length);
      }),
    );
  });

  it('finds one row among ten thousand with some thirty statements', async () => {
    const { server, insert } = serverRefusing(([value]) => value === 6_789, '27');

    expect(await createStoreRows(insert)(rowsOf(10_000))).toEqual([{ index: 6_789, code: '27' }]);
    expect(server.inserts).toBeLessThan(40);
  });

  it.each([
    ['a full disk', '243'],
    ['memory that is short', '241'],
    ['too many parts', '252'],
    ['a table that is not there', '60'],
    ['a server that is not there', undefined],
  ])('takes %s for an outage, at once', async (_name, code) => {
    const { server, insert } = serverRefusing(([value]) => value === 3, code);
    await expect(createStoreRows(insert)(rowsOf(10))).rejects.toMatchObject({ code });
    expect(server.inserts).toBe(1);
  });

  it('takes a server that refuses every row for broken', async () => {
    const { server, insert } = serverRefusing(() => true, '27');
    await expect(createStoreRows(insert)(rowsOf(5_000))).rejects.toThrow(ClickHouseUnavailable);
    expect(server.inserts).toBeLessThan(400);
  });

  it('refuses a row that comes alone once the server has shown that it takes others', async () => {
    let isBroken = false;
    const { insert } = serverRefusing(([value]) => isBroken || value === 'bad', '27');
    const storeRows = createStoreRows(insert);
    await expect(storeRows([['bad']])).rejects.toThrow(ClickHouseUnavailable);
    await storeRows([['good']]);

    expect(await storeRows([['bad']])).toEqual([{ index: 0, code: '27' }]);
    isBroken = true;
    await expect(storeRows([['bad']])).rejects.toThrow(ClickHouseUnavailable);
  });

  it('does not refuse a row whose request was cut once', async () => {
    let cuts = 0;
    const stored: unknown[] = [];
    const insert = async (rows: readonly HotRow[]) => {
      if (rows.some(([value]) => value === 2) && cuts < 4) {
        cuts += 1;
        throw refuse('27');
      }
      stored.push(...rows.map(([value]) => value));
    };

    expect(await createStoreRows(insert)(rowsOf(8))).toEqual([]);
    expect(stored.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(cuts).toBe(4);
  });

  it('goes down with the server in the middle of the search', async () => {
    let inserts = 0;
    const insert = async (rows: readonly HotRow[]) => {
      inserts += 1;
      if (inserts > 3) throw refuse(undefined);
      if (rows.some(([value]) => value === 7)) throw refuse('27');
    };
    await expect(createStoreRows(insert)(rowsOf(8))).rejects.toMatchObject({ code: undefined });
  });
});
