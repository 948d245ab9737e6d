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
import { EVENT_TYPES } from './event.ts';
import { userRows } from './rows.ts';
import { userEvents } from './stream.ts';

const eventType = z.enum(EVENT_TYPES).nullable().default(null).meta({ description: 'Only this event type' });

export const userQueries: readonly NamedQuery[] = [
  {
    name: 'activity_totals',
    summary: 'What happened in a range of days, with its distinct users; no row where nothing did',
    stream: userEvents.name,
    sql: activityTotals,
    parameters: parameters({ ...dayRange }),
    row: userRows.activity_totals,
  },
  {
    name: 'daily_active_users',
    summary: 'Distinct users by day, newest first',
    stream: userEvents.name,
    sql: dailyActiveUsers,
    parameters: parameters({ ...dayRange, limit: limit(1000) }),
    row: userRows.daily_active_users,
  },
  {
    name: 'dau_growth',
    summary: 'Distinct users by day, beside those of the day a week before',
    stream: userEvents.name,
    sql: dauGrowth,
    parameters: parameters({ ...dayRange, limit: limit(1000) }),
    row: userRows.dau_growth,
  },
  {
    name: 'conversion_rate',
    summary: "Which part of a day's users bought, newest first",
    stream: userEvents.name,
    sql: conversionRate,
    parameters: parameters({ ...dayRange, limit: limit(1000) }),
    row: userRows.conversion_rate,
  },
  {
    name: 'events_per_source',
    summary: 'Events by day and source, newest first',
    stream: userEvents.name,
    sql: eventsPerSource,
    parameters: parameters({ ...dayRange, limit: limit(1000) }),
    row: userRows.events_per_source,
  },
  {
    name: 'top_pages',
    summary: 'Pages by their purchases in a range of days',
    stream: userEvents.name,
    sql: topPages,
    parameters: parameters({ ...dayRange, limit: limit(10) }),
    row: userRows.top_pages,
  },
  {
    name: 'events_per_minute',
    summary: 'Events by minute and event type, newest first',
    stream: userEvents.name,
    sql: eventsPerMinute,
    parameters: parameters({ ...minuteRange, event_type: eventType, limit: limit(1000) }),
    row: userRows.events_per_minute,
  },
  {
    name: 'logins_per_source',
    summary: 'Logins by minute and source, newest first',
    stream: userEvents.name,
    sql: loginsPerSource,
    parameters: parameters({ ...minuteRange, limit: limit(1000) }),
    row: userRows.logins_per_source,
  },
  {
    name: 'purchases_per_minute',
    summary: 'Purchases by minute, newest first',
    stream: userEvents.name,
    sql: purchasesPerMinute,
    parameters: parameters({ ...minuteRange, limit: limit(1000) }),
    row: userRows.purchases_per_minute,
  },
  {
    name: 'latest_events',
    summary: 'The events that arrived last, at most ten minutes ago; a repeat stands at its last arrival',
    stream: userEvents.name,
    sql: latestEvents,
    parameters: parameters({ limit: limit(20, 1000) }),
    row: userRows.latest_events,
  },
];
