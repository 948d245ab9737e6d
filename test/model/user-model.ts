import { NOON_MS } from '../support/retail-records.ts';
import { idOf } from '../support/user-event-model.ts';
import { describeEach, describeGroups, type ModelEvent, type StreamModel, sumOf, toRecord } from './stream-model.ts';

const TYPES = ['click', 'purchase', 'login'] as const;

interface Action {
  readonly event_id: string;
  readonly user_id: number;
  readonly event_type: (typeof TYPES)[number];
  readonly page: string;
  readonly timestamp: string;
  readonly source: 'web' | 'mobile';
}

type Actions = readonly ModelEvent<Action>[];

const DAY_MS = 86_400_000;
const HALF_DAY_MS = DAY_MS / 2;

const momentOf = ({ timestamp }: Action) => Date.parse(`${timestamp}Z`);
const dayOf = ({ timestamp }: Action) => timestamp.slice(0, 10);
const firstOf = (actions: Actions) => Math.min(...actions.map(({ says }) => momentOf(says)));
const lastOf = (actions: Actions) => Math.max(...actions.map(({ says }) => momentOf(says)));
const countType = (actions: Actions, type: Action['event_type']) =>
  sumOf(actions, ({ says }) => (says.event_type === type ? 1 : 0));
const countUsers = (actions: Actions, type?: Action['event_type']) =>
  new Set(actions.filter(({ says }) => type === undefined || says.event_type === type).map(({ says }) => says.user_id))
    .size;

const milliseconds = (column: string) => `toUnixTimestamp64Milli(${column})`;

/** `user_events`: an id counts once within a week, whatever its copies say. */
export const userModel: StreamModel = {
  streamName: 'user_events',
  days: ['2026-11-20', '2026-11-21'],
  draft({ kind, id, variant, halfDays }) {
    const timestamp = NOON_MS + halfDays * HALF_DAY_MS;
    if (kind === 'poison') return { record: toRecord('poison', timestamp) };
    const says: Action = {
      event_id: idOf(id),
      user_id: (id + variant) % 3,
      event_type: TYPES[variant] ?? 'click',
      page: `/${variant}`,
      timestamp: new Date(NOON_MS - (id % 2) * DAY_MS + variant * 1000).toISOString().slice(0, 19),
      source: variant === 2 ? 'mobile' : 'web',
    };
    return { record: toRecord(says, timestamp), id: says.event_id, says };
  },
  tables: [
    {
      from: 'realtime.user_events_unified',
      fields: ['event_id', 'user_id', 'event_type', 'page', milliseconds('timestamp'), 'source'],
      linesOf: describeEach((action: Action) => [
        action.event_id,
        action.user_id,
        action.event_type,
        action.page,
        momentOf(action),
        action.source,
      ]),
    },
    {
      from: 'realtime.user_activity_per_minute',
      fields: ['toUnixTimestamp(window_start)', 'event_type', 'source', 'event_count'],
      linesOf: describeGroups(
        (action: Action) => [Math.floor(momentOf(action) / 60_000) * 60, action.event_type, action.source],
        (actions: Actions) => [actions.length],
      ),
    },
    {
      from: 'gold.user_activity_daily',
      fields: [
        'event_date',
        'finalizeAggregation(users)',
        'finalizeAggregation(buyers)',
        'event_count',
        'purchase_count',
        milliseconds('updated_at'),
      ],
      linesOf: describeGroups(
        (action: Action) => [dayOf(action)],
        (actions: Actions) => [
          countUsers(actions),
          countUsers(actions, 'purchase'),
          actions.length,
          countType(actions, 'purchase'),
          Math.max(...actions.map(({ timestamp }) => timestamp)),
        ],
      ),
    },
    {
      from: 'gold.events_per_source_daily',
      fields: ['event_date', 'source', 'event_count'],
      linesOf: describeGroups(
        (action: Action) => [dayOf(action), action.source],
        (actions: Actions) => [actions.length],
      ),
    },
    {
      from: 'gold.page_activity_daily',
      fields: [
        'event_date',
        'page',
        'event_count',
        'purchase_count',
        milliseconds('first_seen'),
        milliseconds('last_seen'),
      ],
      linesOf: describeGroups(
        (action: Action) => [dayOf(action), action.page],
        (actions: Actions) => [actions.length, countType(actions, 'purchase'), firstOf(actions), lastOf(actions)],
      ),
    },
    {
      from: 'gold.user_activity_per_user_daily',
      fields: ['event_date', 'user_id', 'event_count', 'login_count', 'click_count', 'purchase_count', 'logout_count'],
      linesOf: describeGroups(
        (action: Action) => [dayOf(action), action.user_id],
        (actions: Actions) => [
          actions.length,
          countType(actions, 'login'),
          countType(actions, 'click'),
          countType(actions, 'purchase'),
          0,
        ],
      ),
    },
  ],
};
