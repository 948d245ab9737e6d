import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LakeTable } from '../../../layers/platform/lake/lake-table.ts';
import type { LakeVersion } from '../../../layers/platform/lake/table-version.ts';
import { createObjectStore, type ObjectStore, type ObjectStoreOptions } from '../../../layers/platform/object-store.ts';
import { askClickHouse, askPyIceberg, preparePyIceberg } from '../../support/lake-readers.ts';
import { buildEvents, EVENTS_TABLE } from '../../support/lake-tables.ts';
import { type Ministack, startMinistack } from '../../support/ministack.ts';
import { tell } from '../../support/tell.ts';

const APPENDS = 100;
const ROWS_PER_APPEND = 40;
const ROWS = APPENDS * ROWS_PER_APPEND;
const HOUR_MS = 3_600_000;
const TIMEOUT_MS = 300_000;
const NO_VIEW = Number.POSITIVE_INFINITY;

let ministack: Ministack;
let bucket: ObjectStoreOptions;
let table: LakeTable;
let clockMs = Date.now();
/** By which the store shows what it holds as older than it is: a sweep goes by the store's clock. */
let agedMs = 0;
let before: LakeVersion;
let after: LakeVersion;

/** A table of many small appends, one a minute, as it was and as maintenance leaves it. */
beforeAll(async () => {
  [ministack] = await Promise.all([startMinistack(), preparePyIceberg()]);
  bucket = await ministack.createBucket('maintenance');
  const deps = { now: () => clockMs, newId: randomUUID };
  table = await LakeTable.open(ageFiles(createObjectStore(bucket)), EVENTS_TABLE, deps);
  for (let append = 0; append < APPENDS; append += 1) {
    const files = await table.writeDataFiles(buildEvents(append * ROWS_PER_APPEND, ROWS_PER_APPEND, ROWS / 2));
    const base = await table.load();
    const attempt = { base, files, summary: { next: String(append) }, writerId: 'test', startedAtMs: clockMs };
    expect((await table.append(attempt)).outcome).toBe('committed');
    clockMs += 60_000;
  }
  before = await table.load();
}, TIMEOUT_MS);

afterAll(() => ministack?.stop());

/** All but the hint, which a sweep writes first to see what time it is. */
function ageFiles(store: ObjectStore): ObjectStore {
  return {
    ...store,
    async *list(prefix) {
      for await (const object of store.list(prefix)) {
        const ageMs = object.key.endsWith('version-hint.text') ? 0 : agedMs;
        yield { ...object, modifiedAt: new Date(object.modifiedAt.getTime() - ageMs) };
      }
    },
  };
}

const sums = (name: string) =>
  `SELECT count(), uniqExact(_offset), sum(unit_price), countIf(event_id IS NULL) FROM ${name}`;
const EXPECTED = [String(ROWS), String(ROWS), String((ROWS * (ROWS - 1)) / 2 + ROWS / 10_000), String(ROWS / 2)];

describe('a table of many small appends', () => {
  it(
    'is read alike by ClickHouse and PyIceberg before and after maintenance, and faster',
    async () => {
      const rewritten = await table.rewrite({ base: before, writerId: 'maintain', deadlineMs: NO_VIEW });
      expect(rewritten).toMatchObject({ filesBefore: APPENDS, filesAfter: 2, rows: ROWS });
      const rewrittenVersion = await table.load();
      clockMs += HOUR_MS;
      const retention = { allMs: HOUR_MS, hourlyMs: 168 * HOUR_MS };
      const expired = await table.expire({ base: rewrittenVersion, retention, readableFrom: NO_VIEW });
      expect(expired.length).toBeGreaterThan(90);
      after = await table.load();

      const timed = [`SELECT sum(unit_price) FROM before`, `SELECT sum(unit_price) FROM after`];
      const repeated = Array.from({ length: 5 }, () => timed).flat();
      const times = `SELECT toUnixTimestamp64Milli(now64(3)) AS at`;
      const statements = [
        sums('before'),
        sums('rewritten'),
        sums('after'),
        ...repeated.flatMap((statement) => [times, statement, times]),
      ];
      const pins = { before, rewritten: rewrittenVersion, after };
      const [b, r, a, ...timings] = await askClickHouse(bucket, pins, statements);
      expect([b, r, a]).toEqual([[EXPECTED], [EXPECTED], [EXPECTED]]);
      const elapsed = Array.from({ length: repeated.length }, (_, index) => {
        return Number(timings[index * 3 + 2]?.[0]?.[0]) - Number(timings[index * 3]?.[0]?.[0]);
      });
      const medianOf = (parity: number) =>
        elapsed.filter((_, index) => index % 2 === parity).sort((x, y) => x - y)[2] ?? 0;
      tell(`a sum over ${APPENDS} appends: ${medianOf(0)} ms before maintenance, ${medianOf(1)} ms after`);
      expect(medianOf(1)).toBeLessThan(medianOf(0));
    },
    TIMEOUT_MS,
  );

  it(
    'shows PyIceberg the same rows, the operation, and what is left of the history',
    async () => {
      const expression =
        "[table.scan().to_arrow().num_rows, str(pc.sum(table.scan().to_arrow()['unit_price']).as_py()), " +
        'str(table.current_snapshot().summary.operation), len(table.metadata.snapshots), ' +
        'sorted(table.scan(snapshot_id=s.snapshot_id).to_arrow().num_rows == int(s.summary["total-records"]) ' +
        'for s in table.metadata.snapshots)]';
      const answer = (await askPyIceberg(bucket, after, expression)) as unknown[];
      const kept = after.metadata.snapshots.length;
      expect(answer.slice(0, 1)).toEqual([ROWS]);
      expect(Number(answer[1])).toBe(Number(EXPECTED[2]));
      expect(answer.slice(2)).toEqual(['Operation.REPLACE', kept, Array(kept).fill(true)]);
    },
    TIMEOUT_MS,
  );

  it(
    'holds nothing but what it shows when a week has gone by',
    async () => {
      agedMs = 8 * 24 * HOUR_MS;
      clockMs += agedMs;
      const retention = { allMs: HOUR_MS, hourlyMs: 168 * HOUR_MS };
      await table.expire({ base: after, retention, readableFrom: NO_VIEW });
      const removed = await table.sweep({ readableFrom: NO_VIEW, isDryRun: false });
      // Left are the first version, the one whose snapshot is kept (the second rewrite), and the newest (the second expiry).
      expect(removed).toMatchObject({ dataFiles: APPENDS, metadataFiles: APPENDS + 2 });
      const last = await table.load();
      const [answer] = await askClickHouse(bucket, { last }, [sums('last')]);
      expect(answer).toEqual([EXPECTED]);
      const scan = '[table.scan(snapshot_id=s.snapshot_id).to_arrow().num_rows for s in table.metadata.snapshots]';
      expect(await askPyIceberg(bucket, last, scan)).toEqual([ROWS]);
    },
    TIMEOUT_MS,
  );
});
