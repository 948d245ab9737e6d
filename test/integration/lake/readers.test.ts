import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LakeRows } from '../../../layers/platform/lake/definition.ts';
import { LakeTable } from '../../../layers/platform/lake/lake-table.ts';
import type { LakeVersion } from '../../../layers/platform/lake/table-version.ts';
import { createObjectStore, type ObjectStore, type ObjectStoreOptions } from '../../../layers/platform/object-store.ts';
import { askClickHouse, askPyIceberg, preparePyIceberg } from '../../support/lake-readers.ts';
import { buildEvents, describeColumn, EVENTS_TABLE } from '../../support/lake-tables.ts';
import { type Ministack, startMinistack } from '../../support/ministack.ts';

const START_TIMEOUT_MS = 300_000;
const TEST_TIMEOUT_MS = 120_000;
const ROWS_PER_COMMIT = 3_000;
const deps = { now: Date.now, newId: randomUUID };

let ministack: Ministack;
let bucket: ObjectStoreOptions;
let store: ObjectStore;
/** Version n + 1 holds the offsets below n × ROWS_PER_COMMIT, three days each commit. */
let versions: LakeVersion[];
let newest: LakeVersion;

beforeAll(async () => {
  await preparePyIceberg();
  ministack = await startMinistack();
  bucket = await ministack.createBucket('lake');
  store = createObjectStore(bucket);
  const table = await LakeTable.open(store, EVENTS_TABLE, deps);
  newest = await table.load();
  versions = [newest];
  for (let commit = 0; commit < 3; commit += 1) {
    newest = await appendRows(table, buildEvents(commit * ROWS_PER_COMMIT, ROWS_PER_COMMIT));
    versions.push(newest);
  }
}, START_TIMEOUT_MS);

afterAll(() => ministack?.stop());

async function appendRows(table: LakeTable, rows: LakeRows): Promise<LakeVersion> {
  const files = await table.writeDataFiles(rows);
  const base = await table.load();
  const result = await table.append({ base, files, summary: {}, writerId: 'test', startedAtMs: Date.now() });
  if (result.outcome !== 'committed') throw new Error('lost a race without a rival');
  return result.version;
}

const askPinned = (...statements: string[]) =>
  askClickHouse(bucket, Object.fromEntries(versions.map((version) => [`v${version.version}`, version])), statements);

const sumOfOffsets = (count: number) => (count * (count - 1)) / 2;
const sumOfPrices = (count: number) => sumOfOffsets(count) + count / 10_000;

describe('PyIceberg', () => {
  it(
    'reads counts, exact sums, nulls and texts of every version',
    async () => {
      const summarise =
        "(lambda rows: [rows.num_rows, pc.sum(rows['unit_price']).as_py(), rows['event_id'].null_count])";
      for (const [index, version] of versions.entries()) {
        const answer = await askPyIceberg(bucket, version, `${summarise}(table.scan().to_arrow())`);
        const [rows, sum, nulls] = answer as unknown[];
        const count = index * ROWS_PER_COMMIT;
        expect([rows, Number(sum ?? 0), nulls]).toEqual([count, sumOfPrices(count), count / 2]);
      }
      const texts = "sorted(set(table.scan().to_arrow()['product_id'].to_pylist()))[:2]";
      expect(await askPyIceberg(bucket, newest, texts)).toEqual(['Tee \u0000 日本 0', 'Tee \u0000 日本 1']);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'sees the schema, with its documentation, and prunes files by day and by offset',
    async () => {
      expect(await askPyIceberg(bucket, newest, '[str(f) for f in table.schema().fields]')).toEqual([
        '1: event_time: required timestamptz (The event_time.)',
        '2: store_id: required int (The store_id.)',
        '3: product_id: required string (The product_id.)',
        '4: unit_price: required decimal(18, 4) (The unit_price.)',
        '5: event_id: optional string (The event_id.)',
        '6: _offset: required long (The _offset.)',
      ]);
      const plan = (filter: string) =>
        askPyIceberg(bucket, newest, `[t.file.record_count for t in table.scan(row_filter="${filter}").plan_files()]`);
      const day = "event_time >= '2024-02-29T00:00:00+00:00' and event_time < '2024-03-01T00:00:00+00:00'";
      expect(await plan(day)).toEqual([1_000]);
      expect(await plan('_offset >= 8000')).toEqual([1_000]);
      expect(await askPyIceberg(bucket, newest, `table.scan(row_filter="${day}").to_arrow().num_rows`)).toBe(1_000);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('ClickHouse', () => {
  const summarise = (table: string) =>
    `SELECT count() AS n, sum(unit_price) AS price, countIf(event_id IS NULL) AS nulls FROM ${table}`;
  const summaryOf = (count: number) => [String(count), String(sumOfPrices(count)), String(count / 2)];

  it(
    'reads each pinned version as it was, the empty one included, also in branches of UNION ALL',
    async () => {
      const branches = versions.map(({ version }) => summarise(`v${version}`));
      const answers = await askPinned(...branches, `SELECT * FROM (${branches.join(' UNION ALL ')}) ORDER BY n`);
      const expected = versions.map((_, index) => summaryOf(index * ROWS_PER_COMMIT));
      expect(answers).toEqual([...expected.map((row) => [row]), expected]);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'cannot be pinned by iceberg_snapshot_id, which a table function in a branch of UNION ALL ignores',
    async () => {
      const { location, currentSnapshot } = versions[1] as LakeVersion;
      const lake = `icebergS3(tidemark_lake, filename = '${location}')`;
      const setting = `SETTINGS iceberg_snapshot_id = ${currentSnapshot?.['snapshot-id']}`;
      const [alone, inBranch, pinnedInBranch] = await askPinned(
        `SELECT count() FROM (SELECT store_id FROM ${lake} ${setting})`,
        `SELECT count() FROM (SELECT store_id FROM ${lake} ${setting} UNION ALL SELECT toInt32(1))`,
        'SELECT count() FROM (SELECT store_id FROM v2 UNION ALL SELECT toInt32(1))',
      );
      expect(pinnedInBranch).toEqual([[String(ROWS_PER_COMMIT + 1)]]);
      // What makes the pin necessary. When these two agree, ClickHouse has been mended.
      expect(alone).toEqual([[String(ROWS_PER_COMMIT)]]);
      expect(inBranch).toEqual([[String(3 * ROWS_PER_COMMIT + 1)]]);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'has the types of the definition',
    async () => {
      const [types] = await askPinned("SELECT name, type FROM system.columns WHERE table = 'v4' ORDER BY position");
      expect(types).toEqual([
        ['event_time', "DateTime64(6, 'UTC')"],
        ['store_id', 'Int32'],
        ['product_id', 'String'],
        ['unit_price', 'Decimal(18, 4)'],
        ['event_id', 'Nullable(String)'],
        ['_offset', 'Int64'],
      ]);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'reads only the files of the day, or of the offsets, that a query asks for',
    async () => {
      const countPruned = "SELECT sum(value) FROM system.events WHERE match(event, '^Iceberg.*PrunedFiles$')";
      const [all, none, byDay, afterDay, byOffset, afterOffset] = await askPinned(
        'SELECT count() FROM v4 WHERE NOT ignore(unit_price)',
        countPruned,
        "SELECT count() FROM v4 WHERE event_time >= '2024-02-29' AND event_time < '2024-03-01'",
        countPruned,
        'SELECT count() FROM v4 WHERE _offset >= 2000 AND _offset < 2010',
        countPruned,
      );
      expect([all, byDay, byOffset]).toEqual([[['9000']], [['1000']], [['10']]]);
      // Nine files: each of the two queries leaves out all but one.
      expect([none, afterDay, afterOffset]).toEqual([[['0']], [['8']], [['16']]]);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('a file of several row groups', () => {
  it(
    'is read whole, and by its ends',
    async () => {
      const count = 400_000;
      const table = await LakeTable.open(store, { ...EVENTS_TABLE, name: 'test/large' }, deps);
      const version = await appendRows(table, buildEvents(0, count, count));
      expect((await table.listAddedFiles(version)).map((file) => file.splitOffsets.length)).toEqual([4]);
      const [whole, ends] = await askClickHouse(bucket, { large: version }, [
        'SELECT count(), sum(unit_price), uniqExact(event_time) FROM large',
        'SELECT groupArray(_offset) FROM large WHERE _offset IN (0, 131071, 131072, 399999) ORDER BY 1',
      ]);
      expect(whole).toEqual([[String(count), String(sumOfPrices(count)), String(count)]]);
      expect(
        ends?.[0]?.[0]
          ?.split(',')
          .map(Number)
          .sort((a, b) => a - b),
      ).toEqual([0, 131_071, 131_072, 399_999]);
      const sum = "str(pc.sum(table.scan().to_arrow()['unit_price']).as_py())";
      expect(Number(await askPyIceberg(bucket, version, sum))).toBe(sumOfPrices(count));
    },
    TEST_TIMEOUT_MS,
  );
});

describe('every type of column', () => {
  const types = {
    name: 'test/types',
    partitionByDayOf: 'at',
    columns: [
      describeColumn(1, 'at', 'timestamptz'),
      describeColumn(2, 'local', 'timestamp'),
      describeColumn(3, 'whole', 'int'),
      describeColumn(4, 'small', 'decimal(9,2)'),
      describeColumn(5, 'large', 'decimal(38,8)'),
      describeColumn(6, 'day', 'date'),
      describeColumn(7, 'ratio', 'double'),
      describeColumn(8, 'yes', 'boolean'),
      describeColumn(9, 'raw', 'binary'),
      describeColumn(10, 'id', 'uuid'),
      describeColumn(11, 'far', 'long'),
    ],
  };
  const row: LakeRows = {
    at: BigInt64Array.of(-1n),
    local: [1_700_000_000_000_001n],
    whole: [-(2 ** 31)],
    small: [-1n],
    large: [-(10n ** 37n) - 1n],
    day: [-1],
    ratio: Float64Array.of(0.1),
    yes: [true],
    raw: [Uint8Array.of(0, 255, 10, 10)],
    id: ['f79c3e09-677c-4bbd-a479-3f349cb785e7'],
    far: [2n ** 63n - 1n],
  };

  it(
    'arrives as it was, extremes and times before 1970 included',
    async () => {
      const version = await appendRows(await LakeTable.open(store, types, deps), row);
      const beforeEpoch = `table.scan(row_filter="at < '1970-01-01T00:00:00+00:00'").to_arrow().to_pylist()`;
      const asText = `[{name: str(value) for name, value in row.items()} for row in ${beforeEpoch}]`;
      expect(await askPyIceberg(bucket, version, asText)).toEqual([
        {
          at: '1969-12-31 23:59:59.999999+00:00',
          local: '2023-11-14 22:13:20.000001',
          whole: '-2147483648',
          small: '-0.01',
          large: '-100000000000000000000000000000.00000001',
          day: '1969-12-31',
          ratio: '0.1',
          yes: 'True',
          raw: "b'\\x00\\xff\\n\\n'",
          id: 'f79c3e09-677c-4bbd-a479-3f349cb785e7',
          far: '9223372036854775807',
        },
      ]);
      const columns = 'at, local, whole, small, toString(large), day, ratio, yes, hex(raw), id, toString(far)';
      const select = `SELECT ${columns} FROM types WHERE at < '1970-01-01' AND far > 0`;
      const [answer] = await askClickHouse(bucket, { types: version }, [select]);
      expect(answer).toEqual([
        [
          '1969-12-31 23:59:59.999999',
          '2023-11-14 22:13:20.000001',
          '-2147483648',
          '-0.01',
          '-100000000000000000000000000000.00000001',
          '1969-12-31',
          '0.1',
          'true',
          '00FF0A0A',
          'f79c3e09-677c-4bbd-a479-3f349cb785e7',
          '9223372036854775807',
        ],
      ]);
    },
    TEST_TIMEOUT_MS,
  );
});
