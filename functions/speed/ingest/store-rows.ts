import type { ColumnValue } from '@tidemark/domains/stream';
import { ClickHouseUnavailable } from '@tidemark/platform/clickhouse';

export type HotRow = readonly ColumnValue[];

/** Stores all rows or throws, as `ClickHouse.insert` does. */
export type InsertRows = (rows: readonly HotRow[]) => Promise<void>;

export interface RefusedRow {
  /** In the list that was given. */
  readonly index: number;
  /** ClickHouse's error code. */
  readonly code: string;
}

export type StoreRows = (rows: readonly HotRow[]) => Promise<readonly RefusedRow[]>;

/**
 * Error codes that speak of a value and not of the server: what cannot be parsed, converted, or fits no constraint.
 * Everything else, such as 243 (NOT_ENOUGH_SPACE), 241 (MEMORY_LIMIT_EXCEEDED) or 252 (TOO_MANY_PARTS), is an outage.
 * https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const ROW_FAULTS = new Set([
  '6',
  '26',
  '27',
  '38',
  '41',
  '53',
  '69',
  '70',
  '72',
  '117',
  '128',
  '131',
  '321',
  '349',
  '395',
  '407',
  '469',
  '691',
]);

/** A table that refuses so many rows and takes none is itself the fault. */
const MAX_REFUSED_ALONE = 100;

/**
 * Makes the function that stores rows of which ClickHouse may refuse some although they were judged valid. It halves
 * the batch until what is refused stands alone, and refuses such a row only when the same server has just taken another
 * one (of the batch, or the last one that it took, whose repetition changes nothing) and still refuses this one.
 *
 * @throws ClickHouseUnavailable where the fault is not the row's, or that cannot be told: the batch comes again
 */
export function createStoreRows(insert: InsertRows): StoreRows {
  let lastAccepted: HotRow | undefined;

  return async function storeRows(rows) {
    const refused: (RefusedRow & { readonly error: ClickHouseUnavailable })[] = [];
    let accepted = 0;

    async function storeFrom(from: number, to: number): Promise<void> {
      try {
        await insert(rows.slice(from, to));
        accepted += to - from;
        lastAccepted = rows[to - 1] ?? lastAccepted;
      } catch (error) {
        if (!isRowFault(error)) throw error;
        if (to - from > 1) {
          const middle = (from + to) >> 1;
          await storeFrom(from, middle);
          await storeFrom(middle, to);
          return;
        }
        refused.push({ index: from, code: error.code, error });
        if (accepted === 0 && refused.length >= MAX_REFUSED_ALONE) throw error;
      }
    }

    if (rows.length > 0) await storeFrom(0, rows.length);
    const [first] = refused;
    if (first === undefined) return [];
    if (accepted === 0) {
      if (lastAccepted === undefined) throw first.error;
      await insert([lastAccepted]);
    }
    return confirm(refused, rows, insert);
  };
}

/** A request that was cut on its way looks like a row that cannot be parsed, once. */
async function confirm(
  suspects: readonly RefusedRow[],
  rows: readonly HotRow[],
  insert: InsertRows,
): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = [];
  for (const { index } of suspects) {
    try {
      await insert(rows.slice(index, index + 1));
    } catch (error) {
      if (!isRowFault(error)) throw error;
      refused.push({ index, code: error.code });
    }
  }
  return refused;
}

function isRowFault(error: unknown): error is ClickHouseUnavailable & { readonly code: string } {
  return error instanceof ClickHouseUnavailable && error.code !== undefined && ROW_FAULTS.has(error.code);
}
