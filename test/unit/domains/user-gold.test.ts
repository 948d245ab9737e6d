import { describe, expect, it } from '@jest/globals';
import type { Gold } from '@tidemark/domains/domain';
import { hotColumnsOf, toHotRow } from '@tidemark/domains/hot-row';
import { userEventsDomain } from '@tidemark/domains/user_events/domain';
import { EVENT_TYPES, SOURCES, type UserEvent } from '@tidemark/domains/user_events/event';
import { userEvents } from '@tidemark/domains/user_events/stream';
import fc from 'fast-check';
import { publishGold, publishView } from '../../../layers/platform/publication.ts';
import { renderTemplate } from '../../../layers/platform/render-template.ts';
import { rangesCondition } from '../../../layers/platform/tidemark.ts';
import { setUpSchema } from '../../../localstack/start/set-up-stack.ts';
import { createRecordingClickHouse, type RecordingClickHouse } from '../../support/recording-clickhouse.ts';
import { runInClickHouse } from '../../support/run-in-clickhouse.ts';

/**
 * However the events are split into segments of gold, folded ones and the hot tail, every documented view says what a
 * plain loop over the events says. Repeats of an event_id are among them.
 */

interface StoredEvent {
  readonly event: UserEvent;
  readonly position: { readonly partition: number; readonly offset: number; readonly timestamp: number };
}

const [declaration] = userEventsDomain.streams as [(typeof userEventsDomain.streams)[0]];
const NOON_MS = Date.UTC(2026, 10, 21, 12);
const MINUTE_MS = 60_000;
const SILVER = 'lake.silver';
const HOT = 'realtime.user_events_realtime';
const PARTITIONS = 2;

const userEvent = fc.record({
  event_id: fc.nat({ max: 40 }).map((n) => `00000000-0000-4000-8000-0000000000${String(n).padStart(2, '0')}`),
  user_id: fc.constantFrom(0, 1, 2, 3, 2_147_483_647),
  event_type: fc.constantFrom(...EVENT_TYPES),
  page: fc.constantFrom('/', '/cart', "/it's"),
  // Around midnight, around New Year, and within one minute.
  timestamp: fc
    .tuple(
      fc.constantFrom('2025-12-31T23:59', '2026-11-20T23:59', '2026-11-21T00:00', '2026-11-21T11:58'),
      fc.nat(90_000),
    )
    .map(([minute, ms]) => new Date(Date.parse(`${minute}:00Z`) + ms).toISOString()),
  source: fc.constantFrom(...SOURCES),
});

const scenario = fc.record({
  records: fc.array(fc.tuple(userEvent, fc.nat({ max: PARTITIONS - 1 })), { maxLength: 60 }),
  /** Where the log is cut, in percent of its length: segments between them, the hot tail from the last. */
  cuts: fc.array(fc.nat({ max: 100 }), { maxLength: 4 }).map((cuts) => cuts.sort((a, b) => a - b)),
  isFolded: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

function storeRecords(records: Scenario['records']): StoredEvent[] {
  const ends = new Map<number, number>();
  return records.map(([event, partition], index) => {
    const offset = ends.get(partition) ?? 0;
    ends.set(partition, offset + 1);
    return { event, position: { partition, offset, timestamp: NOON_MS + index * 1000 } };
  });
}

/** The first of each id: all lie within the horizon. */
function dropRepeats(stored: readonly StoredEvent[]): StoredEvent[] {
  const ids = new Set<string>();
  return stored.filter(({ event }) => !ids.has(event.event_id) && ids.add(event.event_id));
}

function tidemarkAt(stored: readonly StoredEvent[], index: number): Map<number, number> {
  const below = stored.slice(0, index).map(({ position }) => position.partition);
  return new Map([0, 1].map((partition) => [partition, below.filter((of) => of === partition).length]));
}

function insertRows(table: string, events: readonly StoredEvent[], more = ''): string {
  const rows = events.map(({ event, position }) => JSON.stringify(toHotRow(declaration.stream, event, position)));
  return `INSERT INTO ${table} (${hotColumnsOf(declaration.stream).join(', ')}) ${more} FORMAT JSONCompactEachRow ${rows.join('\n')}`;
}

const storageOf = ({ database, name }: Gold) => `${database}.${name}_gold`;

function insertSegment(gold: Gold, segment: string, contribution: string): string {
  const columns = [...gold.keys, ...gold.measures.map((measure) => measure.name)].join(', ');
  return `INSERT INTO ${storageOf(gold)} (segment, first_snapshot, last_snapshot, ${columns})
    SELECT toUUID('${segment}'), 1, 1, ${columns} FROM (${contribution})`;
}

/** As refresh-gold folds. */
function foldSegments(gold: Gold): string {
  const merged = gold.measures.map((measure) => `${measure.merge}(parts.${measure.name}) AS ${measure.name}`);
  return `SELECT ${[...gold.keys, ...merged].join(', ')} FROM ${storageOf(gold)} AS parts GROUP BY ${gold.keys.join(', ')}`;
}

/** What the views say of each scenario, query by query, and the events that it counts. One engine serves them all. */
async function askViews(scenarios: readonly Scenario[], queries: readonly string[]) {
  const clickhouse = createRecordingClickHouse();
  await setUpSchema(clickhouse);
  await clickhouse.command(`CREATE TABLE ${SILVER} AS realtime.user_events_realtime ENGINE = Memory`);
  const counted: CountedEvent[][] = [];
  const answersFrom: number[] = [];
  for (const given of scenarios) {
    counted.push(await storeScenario(given, clickhouse));
    answersFrom.push(clickhouse.commands.length);
    clickhouse.commands.push(...queries);
  }
  const answers = await runInClickHouse(clickhouse.commands);
  return answersFrom.map((from, index) => ({
    events: counted[index] ?? [],
    rows: queries.map((_, query) => (answers[from + query]?.data ?? []).map(Object.values)),
  }));
}

async function storeScenario({ records, cuts, isFolded }: Scenario, clickhouse: RecordingClickHouse) {
  const run = clickhouse.commands;
  const stored = storeRecords(records);
  const indexes = [0, ...cuts.map((percent) => Math.floor((percent * stored.length) / 100))];
  const tailFrom = indexes.at(-1) ?? 0;
  const silver = dropRepeats(stored.slice(0, tailFrom));
  const tables = [SILVER, HOT, 'tidemark.event_identities', ...declaration.gold.map(storageOf)];
  run.push(
    ...tables.map((table) => `TRUNCATE TABLE ${table}`),
    ...(silver.length > 0 ? [insertRows(SILVER, silver)] : []),
    ...(stored.length > tailFrom ? [insertRows(HOT, stored.slice(tailFrom))] : []),
    `INSERT INTO tidemark.event_identities (stream, event_id, _partition, _offset, _timestamp, content)
     SELECT 'user_events', event_id, _partition, _offset, _timestamp, _content_hash FROM ${SILVER}`,
  );
  const pin = { stream: userEvents, snapshot: 1, tidemark: tidemarkAt(stored, tailFrom), lakeTable: SILVER };
  for (const gold of declaration.gold) {
    let segments = indexes.slice(1).map((_, n) => `00000000-0000-0000-0000-00000000000${n}`);
    for (const [n, segment] of segments.entries()) {
      const [from, to] = [tidemarkAt(stored, indexes[n] ?? 0), tidemarkAt(stored, indexes[n + 1] ?? 0)];
      const ranges = new Map(
        [...to].map(([partition, end]) => [partition, { from: from.get(partition) ?? 0, to: end }]),
      );
      const contribution = renderTemplate(gold.contribution, { events: SILVER, range: rangesCondition(ranges) });
      run.push(insertSegment(gold, segment, contribution));
    }
    if (isFolded) {
      segments = ['00000000-0000-0000-0000-0000000000ff'];
      run.push(insertSegment(gold, segments[0] as string, foldSegments(gold)));
    }
    await publishGold(clickhouse, gold, pin, segments);
  }
  for (const { view } of declaration.views) await publishView(clickhouse, view, pin);
  return dropRepeats(stored).map(({ event, position }) => ({ ...event, receivedMs: position.timestamp }));
}

type CountedEvent = UserEvent & { readonly receivedMs: number };

/** Rows of a group's key, its parts split by the separator, and what is said of it; in the order of the keys. */
function groupRows(
  events: readonly CountedEvent[],
  keyOf: (event: CountedEvent) => readonly (string | number)[],
  describeGroup: (group: readonly CountedEvent[]) => readonly unknown[],
): unknown[][] {
  const groups = new Map<string, CountedEvent[]>();
  for (const event of events) {
    const key = JSON.stringify(keyOf(event));
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups].map(([key, group]) => [...JSON.parse(key), ...describeGroup(group)]);
}

const dayOf = ({ timestamp }: CountedEvent) => timestamp.slice(0, 10);
const toSql = (ms: number, digits: number) => new Date(ms).toISOString().slice(0, digits).replace('T', ' ');
const windowOf = ({ timestamp }: CountedEvent) => {
  const start = Math.floor(Date.parse(timestamp) / MINUTE_MS) * MINUTE_MS;
  return [toSql(start, 19), toSql(start + MINUTE_MS, 19)];
};
const isPurchase = ({ event_type }: CountedEvent) => event_type === 'purchase';
const usersOf = (group: readonly CountedEvent[]) => new Set(group.map(({ user_id }) => user_id)).size;
const seenOf = (group: readonly CountedEvent[]) => {
  const moments = group.map(({ timestamp }) => Date.parse(timestamp));
  return [toSql(Math.min(...moments), 23), toSql(Math.max(...moments), 23)];
};
const ofType = (group: readonly CountedEvent[], type: string) =>
  group.filter(({ event_type }) => event_type === type).length;

/** By view: its columns, and the rows that it must have. */
const EXPECTED: Record<string, { columns: string; rowsOf: (events: readonly CountedEvent[]) => unknown[][] }> = {
  'realtime.events_per_minute': {
    columns: 'window_start, window_end, event_type, event_count',
    rowsOf: (events) =>
      groupRows(
        events,
        (event) => [...windowOf(event), event.event_type],
        (group) => [group.length],
      ),
  },
  'realtime.logins_per_source': {
    columns: 'window_start, window_end, source, login_count',
    rowsOf: (events) =>
      groupRows(
        events.filter(({ event_type }) => event_type === 'login'),
        (event) => [...windowOf(event), event.source],
        (group) => [group.length],
      ),
  },
  'realtime.purchases_per_minute': {
    columns: 'window_start, window_end, purchase_count',
    rowsOf: (events) => groupRows(events.filter(isPurchase), windowOf, (group) => [group.length]),
  },
  'gold.daily_active_users': {
    columns: 'event_date, dau_count, updated_at',
    rowsOf: (events) =>
      groupRows(
        events,
        (event) => [dayOf(event)],
        (group) => [usersOf(group), toSql(Math.max(...group.map(({ receivedMs }) => receivedMs)), 19)],
      ),
  },
  'gold.conversion_rate_daily': {
    columns: 'event_date, conversion_rate, total_purchases, dau_count, unique_buyers',
    rowsOf: (events) =>
      groupRows(
        events,
        (event) => [dayOf(event)],
        (group) => {
          const purchases = group.filter(isPurchase);
          return [usersOf(purchases) / usersOf(group), purchases.length, usersOf(group), usersOf(purchases)];
        },
      ),
  },
  'gold.events_per_source_daily': {
    columns: 'event_date, source, event_count',
    rowsOf: (events) =>
      groupRows(
        events,
        (event) => [dayOf(event), event.source],
        (group) => [group.length],
      ),
  },
  'gold.purchases_per_page_daily': {
    columns: 'event_date, page, purchase_count',
    rowsOf: (events) =>
      groupRows(
        events.filter(isPurchase),
        (event) => [dayOf(event), event.page],
        (group) => [group.length],
      ),
  },
  'gold.dim_users': {
    columns:
      'user_id, first_seen, last_seen, active_days, event_count, login_count, click_count, purchase_count, logout_count',
    rowsOf: (events) =>
      groupRows(
        events,
        ({ user_id }) => [user_id],
        (group) => [
          ...seenOf(group),
          new Set(group.map(dayOf)).size,
          group.length,
          ...EVENT_TYPES.map((type) => ofType(group, type)),
        ],
      ),
  },
  'gold.dim_pages': {
    columns: 'page, first_seen, last_seen, event_count, purchase_count',
    rowsOf: (events) =>
      groupRows(
        events,
        ({ page }) => [page],
        (group) => [...seenOf(group), group.length, ofType(group, 'purchase')],
      ),
  },
  'gold.dim_date': {
    columns: 'event_date, day_of_week',
    rowsOf: (events) => {
      const years = events.map((event) => Number(dayOf(event).slice(0, 4)));
      const days: unknown[][] = [];
      for (let ms = Date.UTC(Math.min(...years), 0, 1); ms < Date.UTC(Math.max(...years) + 1, 0, 1); ms += 86_400_000) {
        days.push([toSql(ms, 10), new Date(ms).getUTCDay() || 7]);
      }
      return days;
    },
  },
  'gold.fact_events': {
    columns: 'event_id, event_date, user_id, page, event_type, source, timestamp',
    rowsOf: (events) =>
      events.map((event) => [
        event.event_id,
        dayOf(event),
        event.user_id,
        event.page,
        event.event_type,
        event.source,
        toSql(Date.parse(event.timestamp), 23),
      ]),
  },
};

const asSet = (rows: readonly unknown[][]) => rows.map((row) => JSON.stringify(row)).sort();

describe('the gold views of user events', () => {
  it('say what a plain loop says, however the events are split into segments and hot tail', async () => {
    const names = Object.keys(EXPECTED);
    const queries = names.map((name) => `SELECT ${EXPECTED[name]?.columns} FROM ${name}`);
    await fc.assert(
      fc.asyncProperty(fc.array(scenario, { minLength: 10, maxLength: 10 }), async (scenarios) => {
        for (const { rows, events } of await askViews(scenarios, queries)) {
          const said = names.map((name, index) => [name, asSet(rows[index] ?? [])]);
          expect(said).toEqual(names.map((name) => [name, asSet(EXPECTED[name]?.rowsOf(events) ?? [])]));
        }
      }),
      // Half a second each: a failure shows its scenarios as they are, instead of an hour's search for smaller ones.
      { numRuns: 1, endOnFailure: true },
    );
  }, 120_000);
});
