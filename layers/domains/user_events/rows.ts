import { z } from 'zod';
import { EVENT_TYPES, SOURCES } from './event.ts';

const day = z.iso.date().meta({ description: 'Day, UTC' });
const window = { window_start: z.iso.datetime(), window_end: z.iso.datetime() };
const events = z.int().meta({ description: 'Events' });
const purchases = z.int().meta({ description: 'Purchases' });
const users = z.int().meta({ description: 'Distinct users who did anything' });
const buyers = z.int().meta({ description: 'Distinct users who bought' });
const rate = z.number().meta({ description: 'Distinct users who bought / distinct users who did anything' });

/** What a row of each query's answer is, by the query's name. */
export const userRows = {
  activity_totals: z.object({
    event_count: events,
    purchase_count: purchases,
    active_users: users,
    unique_buyers: buyers,
    conversion_rate: rate,
  }),
  daily_active_users: z.object({ event_date: day, dau_count: users, updated_at: z.iso.datetime() }),
  dau_growth: z.object({
    event_date: day,
    dau_count: users,
    dau_last_week: users.nullable(),
    growth_pct: z.number().nullable().meta({ description: 'Per cent, one decimal; null without a day to grow from' }),
  }),
  conversion_rate: z.object({
    event_date: day,
    conversion_rate: rate,
    total_purchases: purchases,
    dau_count: users,
    unique_buyers: buyers,
  }),
  events_per_source: z.object({ event_date: day, source: z.enum(SOURCES), event_count: events }),
  top_pages: z.object({ page: z.string(), purchase_count: purchases }),
  events_per_minute: z.object({ ...window, event_type: z.enum(EVENT_TYPES), event_count: events }),
  logins_per_source: z.object({
    ...window,
    source: z.enum(SOURCES),
    login_count: z.int().meta({ description: 'Logins' }),
  }),
  purchases_per_minute: z.object({ ...window, purchase_count: purchases }),
  latest_events: z.object({
    event_id: z.string(),
    user_id: z.int(),
    event_type: z.enum(EVENT_TYPES),
    page: z.string(),
    timestamp: z.iso.datetime(),
    source: z.enum(SOURCES),
    received_at: z.iso.datetime(),
    inserted_at: z.iso.datetime(),
  }),
};
