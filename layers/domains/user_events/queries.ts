import { z } from 'zod';
import activityTotals from '../../../sql/user_events/serving/queries/activity_totals.sql';
import conversionRate from '../../../sql/user_events/serving/queries/conversion_rate.sql';
import dailyActiveUsers from '../../../sql/user_events/serving/queries/daily_active_users.sql';
import dauGrowth from '../../../sql/user_events/serving/queries/dau_growth.sql';
import eventsPerMinute from '../../../sql/user_events/serving/queries/events_per_minute.sql';
import eventsPerSource from '../../../sql/user_events/serving/queries/events_per_source.sql';
import latestEvents from '../../../sql/user_events/serving/queries/latest_events.sql';
import loginsPerSource from '../../../sql/user_events/serving/queries/logins_per_source.sql';
import purchasesPerMinute from '../../../sql/user_events/serving/queries/purchases_per_minute.sql';
import topPages from '../../../sql/user_events/serving/queries/top_pages.sql';
import type { NamedQuery } from '../domain.ts';
import { dayRange, limit, minuteRange, parameters } from '../query-parameters.ts';
import { EVENT_TYPES, SOURCES } from './event.ts';
import { userEvents } from './stream.ts';

const eventType = z.enum(EVENT_TYPES).nullable().default(null).meta({ description: 'Only this event type' });

const day = z.iso.date().meta({ description: 'Day, UTC' });
const window = { window_start: z.iso.datetime(), window_end: z.iso.datetime() };
const events = z.int().meta({ description: 'Events' });
const purchases = z.int().meta({ description: 'Purchases' });
const users = z.int().meta({ description: 'Distinct users who did anything' });
const buyers = z.int().meta({ description: 'Distinct users who bought' });
const rate = z.number().meta({ description: 'Distinct users who bought / distinct users who did anything' });

export const userQueries: readonly NamedQuery[] = [
  {
    name: 'activity_totals',
    summary: 'What happened in a range of days, with its distinct users; no row where nothing did',
    stream: userEvents.name,
    sql: activityTotals,
    parameters: parameters({ ...dayRange }),
    row: z.object({
      event_count: events,
      purchase_count: purchases,
      active_users: users,
      unique_buyers: buyers,
      conversion_rate: rate,
    }),
  },
  {
    name: 'daily_active_users',
    summary: 'Distinct users by day, newest first',
    stream: userEvents.name,
    sql: dailyActiveUsers,
    parameters: parameters({ ...dayRange, limit: limit(1000) }),
    row: z.object({ event_date: day, dau_count: users, updated_at: z.iso.datetime() }),
  },
  {
    name: 'dau_growth',
    summary: 'Distinct users by day, beside those of the day a week before',
    stream: userEvents.name,
    sql: dauGrowth,
    parameters: parameters({ ...dayRange, limit: limit(1000) }),
    row: z.object({
      event_date: day,
      dau_count: users,
      dau_last_week: users.nullable(),
      growth_pct: z.number().nullable().meta({ description: 'Per cent, one decimal; null without a day to grow from' }),
    }),
  },
  {
    name: 'conversion_rate',
    summary: "Which part of a day's users bought, newest first",
    stream: userEvents.name,
    sql: conversionRate,
    parameters: parameters({ ...dayRange, limit: limit(1000) }),
    row: z.object({
      event_date: day,
      conversion_rate: rate,
      total_purchases: purchases,
      dau_count: users,
      unique_buyers: buyers,
    }),
  },
  {
    name: 'events_per_source',
    summary: 'Events by day and source, newest first',
    stream: userEvents.name,
    sql: eventsPerSource,
    parameters: parameters({ ...dayRange, limit: limit(1000) }),
    row: z.object({ event_date: day, source: z.enum(SOURCES), event_count: events }),
  },
  {
    name: 'top_pages',
    summary: 'Pages by their purchases in a range of days',
    stream: userEvents.name,
    sql: topPages,
    parameters: parameters({ ...dayRange, limit: limit(10) }),
    row: z.object({ page: z.string(), purchase_count: purchases }),
  },
  {
    name: 'events_per_minute',
    summary: 'Events by minute and event type, newest first',
    stream: userEvents.name,
    sql: eventsPerMinute,
    parameters: parameters({ ...minuteRange, event_type: eventType, limit: limit(1000) }),
    row: z.object({ ...window, event_type: z.enum(EVENT_TYPES), event_count: events }),
  },
  {
    name: 'logins_per_source',
    summary: 'Logins by minute and source, newest first',
    stream: userEvents.name,
    sql: loginsPerSource,
    parameters: parameters({ ...minuteRange, limit: limit(1000) }),
    row: z.object({ ...window, source: z.enum(SOURCES), login_count: z.int().meta({ description: 'Logins' }) }),
  },
  {
    name: 'purchases_per_minute',
    summary: 'Purchases by minute, newest first',
    stream: userEvents.name,
    sql: purchasesPerMinute,
    parameters: parameters({ ...minuteRange, limit: limit(1000) }),
    row: z.object({ ...window, purchase_count: purchases }),
  },
  {
    name: 'latest_events',
    summary: 'The events that arrived last, at most ten minutes ago; a repeat stands at its last arrival',
    stream: userEvents.name,
    sql: latestEvents,
    parameters: parameters({ limit: limit(20, 1000) }),
    row: z.object({
      event_id: z.string(),
      user_id: z.int(),
      event_type: z.enum(EVENT_TYPES),
      page: z.string(),
      timestamp: z.iso.datetime(),
      source: z.enum(SOURCES),
      received_at: z.iso.datetime(),
      inserted_at: z.iso.datetime(),
    }),
  },
];
