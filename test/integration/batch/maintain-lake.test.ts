import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { compactStream } from '../../../functions/batch/compact/compact-stream.ts';
import {
  type MaintainInput,
  type MaintenanceReport,
  maintainStream,
} from '../../../functions/batch/maintain-lake/maintain-stream.ts';
import { refreshStream } from '../../../functions/batch/refresh-gold/refresh-stream.ts';
import type { Completeness } from '../../../functions/serving/completeness/read-completeness.ts';
import { answerQuery } from '../../../functions/serving/query/answer-query.ts';
import { supportsAsOf } from '../../../functions/serving/query/as-of.ts';
import { domains } from '../../../layers/domains/index.ts';
import { retailQueries } from '../../../layers/domains/retail_events/queries.ts';
import { userQueries } from '../../../layers/domains/user_events/queries.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { NOON_MS, poisonRecord, saleRecord } from '../../support/retail-records.ts';
import { idOf, userRecord } from '../../support/user-event-model.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIMEOUT_MS = 180_000;
const BLOCK = 10;
/** As if every row were old: parts are as young as the test. */
const NO_RETENTION_MS = -DAY_MS;
const INPUT: MaintainInput = {
  hotRetentionMs: NO_RETENTION_MS,
  historyMs: 7 * DAY_MS,
  deadlineMs: Number.POSITIVE_INFINITY,
  isDryRun: false,
};

let real: RealWorld;
let world: World;
/** When a test began, which is now to whoever asks: an hour that ends in the middle of a test changes nothing. */
let nowMs: number;
/** The clock of the batch functions: it begins ten minutes after a full hour, five hours ago. */
let clockMs: number;

beforeAll(async () => {
  real = await startRealWorld();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop(), TIMEOUT_MS);

beforeEach(async () => {
  world = await real.reset();
  nowMs = Date.now();
  clockMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS - 5 * HOUR_MS + 10 * MINUTE_MS;
  await useSmallBlocks();
}, TIMEOUT_MS);

const deps = () => ({ ...world.deps, clock: () => clockMs });
const declaration = () => ({ ...world.declaration, stream: { ...world.stream, hotBlockOffsets: BLOCK } });
const compact = () =>
  compactStream(declaration(), { toOffsets: undefined, deadlineMs: Number.POSITIVE_INFINITY }, deps());
const refresh = () => refreshStream(declaration(), deps());
const maintain = (more: Partial<MaintainInput> = {}): Promise<MaintenanceReport> =>
  maintainStream(declaration(), { ...INPUT, ...more }, deps());

async function useSmallBlocks(): Promise<void> {
  const hot = 'retail.retail_events_realtime';
  const [{ statement = '' } = {}] = await world.ask<{ statement: string }>(`SHOW CREATE TABLE ${hot}`);
  await world.clickhouse.command(`DROP TABLE ${hot}`);
  await world.clickhouse.command(statement.replace('intDiv(_offset, 10000000)', `intDiv(_offset, ${BLOCK})`));
}

/** So many events into each of two partitions, delivered, compacted and refreshed, one half hour after the other. */
async function liveThrough(halfHours: number, eventsEach = 8): Promise<void> {
  for (let step = 0; step < halfHours; step += 1) {
    for (const partition of [0, 1]) {
      const from = world.kafka.partitions[partition]?.length ?? 0;
      const events = Array.from({ length: eventsEach }, (_, index) => saleRecord(from + index));
      world.produce(partition, step === 0 ? [...events, poisonRecord(from + eventsEach)] : events);
    }
    await world.deliverAll();
    await compact();
    await refresh();
    clockMs += 30 * MINUTE_MS;
  }
}

/** As a floor that an earlier run raised. */
const letFloorStand = () =>
  world.clickhouse.command(
    `INSERT INTO tidemark.snapshot_floors (stream, floor, raised_at)
     SELECT stream, max(floor), now64(3) - INTERVAL 1 HOUR FROM tidemark.snapshot_floors GROUP BY stream`,
  );

const countHot = async () =>
  (await world.ask<{ n: number }>('SELECT count() AS n FROM retail.retail_events_realtime FINAL'))[0]?.n;

/** What every reader sees: unified rows and the total of gold. */
const readAll = () =>
  world.ask(`SELECT (SELECT count() FROM retail.retail_events_unified) AS events,
    (SELECT uniqExact(event_id) FROM retail.retail_events_unified) AS ids,
    (SELECT sum(transaction_count) FROM retail.daily_sales_summary) AS gold`);

/** Only what an answer takes of it. */
const completeness: Completeness = {
  publication: { snapshot: 9, tidemark: new Map(), historicalThrough: null, stored: 0, openGaps: 0 },
  realtimeThrough: null,
  lagRecords: 5,
  rejected: 0,
  positions: [],
  quality: 'ok',
};

const ask = (parameters: Record<string, string[]>, query = 'sales_totals') =>
  answerQuery(
    domains,
    { domain: 'retail_events', query, parameters },
    { clickhouse: real.reader, readCompleteness: async () => completeness, clock: () => nowMs },
  );

describe('maintenance', () => {
  it(
    'says in a dry run what it would do, and does nothing',
    async () => {
      await liveThrough(5);
      const before = await readAll();
      const report = await maintain({ isDryRun: true });
      expect(report).toMatchObject({
        floor: { published: 6, standing: 0 },
        history: { kept: 2, added: 2, letGo: 0 },
        hot: { blocks: 0 },
        tables: { 'retail/retail_events': { rewritten: { filesBefore: 5, filesAfter: 1, rows: 80 } } },
      });
      expect(await readAll()).toEqual(before);
      expect(await world.ask('SELECT 1 FROM tidemark.snapshot_floors')).toEqual([]);
      expect(await world.ask('SELECT 1 FROM tidemark.lake_snapshots')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'trims hot blocks, gold segments and snapshots only below a floor that has stood, and no answer changes',
    async () => {
      await liveThrough(5, 13);
      await world.clickhouse.command(
        `INSERT INTO retail.daily_sales_summary_gold SELECT * REPLACE (generateUUIDv4() AS segment, 1 AS last_snapshot)
         FROM retail.daily_sales_summary_gold LIMIT 3`,
      );
      const before = await readAll();
      const first = await maintain();
      expect(first).toMatchObject({ hot: { blocks: 0 }, gold: { segments: 0 }, floor: { standing: 0 } });
      expect(first.tables['retail/retail_events']).toMatchObject({
        expiredSnapshots: 0,
        rewritten: { filesBefore: 5, filesAfter: 1 },
      });
      expect(await readAll()).toEqual(before);

      await letFloorStand();
      await compact();
      await refresh();
      const second = await maintain();
      // Of 66 offsets in each of two partitions six whole blocks lie below the tidemark.
      expect(second).toMatchObject({ floor: { standing: 6 }, hot: { blocks: 12 }, gold: { segments: 3 } });
      expect(second.tables['retail/retail_events']?.expiredSnapshots).toBeGreaterThan(0);
      expect(await countHot()).toBe(12);
      expect(await readAll()).toEqual(before);

      await liveThrough(1);
      expect(await readAll()).toEqual([{ events: 146, ids: expect.anything(), gold: 146 }]);
    },
    TIMEOUT_MS,
  );

  it(
    'leaves hot rows within their retention alone',
    async () => {
      await liveThrough(2);
      await maintain();
      await letFloorStand();
      expect(await maintain({ hotRetentionMs: 90 * DAY_MS })).toMatchObject({
        hot: { blocks: 0 },
        floor: { standing: 3 },
      });
    },
    TIMEOUT_MS,
  );

  it(
    'keeps the refreshes of over a week ago that a view may still show, and with them its segments',
    async () => {
      await liveThrough(2);
      await world.clickhouse.command(
        `INSERT INTO tidemark.gold_refreshes
         SELECT * REPLACE (if(arrayJoin(range(2000)) % 2 = 0, 1, 3) AS snapshot, now64(3) - INTERVAL 8 DAY AS refreshed_at)
         FROM (SELECT * FROM tidemark.gold_refreshes WHERE gold = 'daily_sales_summary' LIMIT 1)`,
      );
      await maintain();
      await letFloorStand();
      expect(await maintain()).toMatchObject({ floor: { standing: 3 }, gold: { refreshes: 1000 } });
      const left = `SELECT DISTINCT snapshot FROM tidemark.gold_refreshes WHERE refreshed_at < now64(3) - INTERVAL 7 DAY`;
      expect(await world.ask(left)).toEqual([{ snapshot: 3 }]);
    },
    TIMEOUT_MS,
  );

  it(
    'makes a view refuse that a publisher flips back below the floor',
    async () => {
      await liveThrough(3);
      const [{ statement = '' } = {}] = await world.ask<{ statement: string }>(
        'SHOW CREATE TABLE retail.retail_events_unified',
      );
      await liveThrough(2);
      await maintain();
      await world.clickhouse.command(statement.replace('CREATE VIEW', 'CREATE OR REPLACE VIEW'));
      await expect(readAll()).rejects.toMatchObject({ code: '395' });
      // The floor does not follow it down, and whatever is published next answers again.
      expect(await maintain()).toMatchObject({ floor: { published: 4 } });
      await compact();
      expect(await readAll()).toMatchObject([{ events: 80, gold: 80 }]);
    },
    TIMEOUT_MS,
  );

  it(
    'runs beside itself, compaction and gold, while every answer stays whole',
    async () => {
      await liveThrough(3);
      await maintain();
      await letFloorStand();
      const [expected] = await readAll();
      let isDone = false;
      const work = Promise.all([maintain(), maintain(), compact(), refresh()]).finally(() => {
        isDone = true;
      });
      let answers = 0;
      while (!isDone) {
        expect(await readAll()).toEqual([expected]);
        answers += 1;
      }
      await work;
      expect(answers).toBeGreaterThan(0);
      await compact();
      await refresh();
      expect(await readAll()).toEqual([expected]);
    },
    TIMEOUT_MS,
  );
});

describe('time travel', () => {
  const hour = (hoursAgo: number) => new Date(Math.floor(nowMs / HOUR_MS - hoursAgo) * HOUR_MS).toISOString();

  it(
    'answers what the lake held at each full hour, by time and by number, as the user query',
    async () => {
      await liveThrough(4);
      await maintain();
      // Twice 16 events in each of two hours, and none since.
      const counts: unknown[] = [];
      for (const hoursAgo of [4, 3, 2, 1]) {
        const { data, meta } = await ask({ as_of: [hour(hoursAgo)] });
        counts.push(data[0]?.transaction_count);
        const again = await ask({ as_of: [`snapshot:${meta.snapshot}`] });
        expect(again.data).toEqual(data);
        expect(meta).toMatchObject({ lag_records: null, rejected: 2, realtime_through: meta.historical_through });
        expect(Date.parse(String(meta.as_of))).toBeLessThanOrEqual(Date.parse(hour(hoursAgo)));
      }
      expect(counts).toEqual([32, 64, 64, 64]);
      const live = await real.reader.query<{ n: number }>(
        'SELECT sum(transaction_count) AS n FROM retail.daily_sales_summary',
      );
      expect(live.rows).toEqual([{ n: 64 }]);
    },
    TIMEOUT_MS,
  );

  it(
    'gives for a published view what the view itself gave',
    async () => {
      await liveThrough(4);
      await maintain();
      const everything = { from: new Date('1970-01-01'), to: new Date('2106-02-07'), transaction_type: 'SALE' };
      const given = { ...everything, store_id: null, category: null, limit: 100 };
      const queries = retailQueries.filter((query) => supportsAsOf(query, domains));
      expect(queries).toHaveLength(5);
      for (const { name, sql } of queries) {
        const live = await real.reader.query<Record<string, unknown>>(sql, given);
        const { data } = await ask({ as_of: [new Date(nowMs).toISOString()] }, name);
        expect(data).toEqual(live.rows.map(({ _snapshot, ...row }) => row));
        expect(data.length).toBeGreaterThan(0);
      }
    },
    TIMEOUT_MS,
  );

  it(
    'follows views on views, and keeps the bronze table of a stream whose events carry an id',
    async () => {
      world = await real.reset({ streamName: 'user_events' });
      const events = Array.from({ length: 5 }, (_, index) => userRecord(idOf(index % 4), '/home', NOON_MS + index));
      for (const event of events) {
        world.produce(0, [event]);
        await world.deliverAll();
        await world.compact();
      }
      await world.refreshGold();
      const queries = userQueries.filter((query) => supportsAsOf(query, domains));
      const later = { ...world.deps, clock: () => nowMs + 2 * HOUR_MS };
      const report = await maintainStream(world.declaration, INPUT, later);
      expect(report.tables).toMatchObject({
        'silver/user_events': { rewritten: { rows: 0 } },
        'bronze/user_events': { rewritten: { filesBefore: 5, filesAfter: 1, rows: 5 } },
      });
      await world.compact();
      await world.refreshGold();
      const soonMs = nowMs + HOUR_MS;
      for (const { name } of queries) {
        const request = { domain: 'user_events', query: name };
        const deps = { clickhouse: real.reader, readCompleteness: async () => completeness, clock: () => soonMs };
        const as_of = [new Date(soonMs).toISOString()];
        const past = await answerQuery(domains, { ...request, parameters: { as_of } }, deps);
        expect([name, past.meta.as_of]).toEqual([name, expect.any(String)]);
      }
      const totals = await real.reader.query('SELECT count() AS n FROM realtime.user_events_unified');
      expect(totals.rows).toEqual([{ n: 4 }]);
    },
    TIMEOUT_MS,
  );

  it(
    'refuses what it cannot know: malformed, too early, let go, without meaning',
    async () => {
      await liveThrough(4);
      await expect(ask({ as_of: [hour(1)] })).rejects.toMatchObject({ status: 404 });
      await maintain();
      for (const text of ['yesterday', 'snapshot:0', '2026-02-30', new Date(nowMs + DAY_MS).toISOString()]) {
        await expect(ask({ as_of: [text] })).rejects.toMatchObject({ status: 400, errors: [{ field: 'as_of' }] });
      }
      await expect(ask({ as_of: [hour(5)] })).rejects.toMatchObject({ status: 404 });
      await expect(ask({ as_of: ['snapshot:99'] })).rejects.toMatchObject({ status: 404 });
      await expect(ask({ as_of: ['snapshot:2'] })).rejects.toMatchObject({ status: 410 });
      for (const query of ['latest_events', 'ingest_latency']) {
        await expect(ask({ as_of: [hour(3)] }, query)).rejects.toMatchObject({
          status: 400,
          message: expect.stringContaining('which the lake does not have'),
        });
      }
      const before = await ask({ as_of: [hour(4)] });
      clockMs += 8 * DAY_MS;
      expect(await maintain()).toMatchObject({ history: { letGo: 1, kept: 1 } });
      await expect(ask({ as_of: [hour(4)] })).rejects.toMatchObject({ status: 410 });
      await expect(ask({ as_of: [`snapshot:${before.meta.snapshot}`] })).rejects.toMatchObject({ status: 410 });
      const pins = await world.ask(
        "SELECT name FROM system.tables WHERE database = 'lake' AND name LIKE '%\\_at\\_v%'",
      );
      expect(pins).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});
