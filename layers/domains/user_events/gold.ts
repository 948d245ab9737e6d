import eventsPerSourceDaily from '../../../sql/user_events/batch/contributions/events_per_source_daily.sql';
import pageActivityDaily from '../../../sql/user_events/batch/contributions/page_activity_daily.sql';
import userActivityDaily from '../../../sql/user_events/batch/contributions/user_activity_daily.sql';
import userActivityPerMinute from '../../../sql/user_events/batch/contributions/user_activity_per_minute.sql';
import userActivityPerUserDaily from '../../../sql/user_events/batch/contributions/user_activity_per_user_daily.sql';
import eventsPerSourceDailyView from '../../../sql/user_events/serving/templates/events_per_source_daily.sql';
import pageActivityDailyView from '../../../sql/user_events/serving/templates/page_activity_daily.sql';
import userActivityDailyView from '../../../sql/user_events/serving/templates/user_activity_daily.sql';
import userActivityPerMinuteView from '../../../sql/user_events/serving/templates/user_activity_per_minute.sql';
import userActivityPerUserDailyView from '../../../sql/user_events/serving/templates/user_activity_per_user_daily.sql';
import type { Gold } from '../domain.ts';

/** What the documented views derive from; each keeps its day, so that days can be rebuilt. */
export const userGold: readonly Gold[] = [
  {
    database: 'realtime',
    name: 'user_activity_per_minute',
    keys: ['window_start', 'event_type', 'source'],
    measures: [{ name: 'event_count', merge: 'sum' }],
    contribution: userActivityPerMinute,
    view: userActivityPerMinuteView,
  },
  {
    database: 'gold',
    name: 'user_activity_daily',
    keys: ['event_date'],
    measures: [
      { name: 'users', merge: 'groupBitmapMergeState' },
      { name: 'buyers', merge: 'groupBitmapMergeState' },
      { name: 'event_count', merge: 'sum' },
      { name: 'purchase_count', merge: 'sum' },
      { name: 'updated_at', merge: 'max' },
    ],
    contribution: userActivityDaily,
    view: userActivityDailyView,
  },
  {
    database: 'gold',
    name: 'events_per_source_daily',
    keys: ['event_date', 'source'],
    measures: [{ name: 'event_count', merge: 'sum' }],
    contribution: eventsPerSourceDaily,
    view: eventsPerSourceDailyView,
  },
  {
    database: 'gold',
    name: 'page_activity_daily',
    keys: ['event_date', 'page'],
    measures: [
      { name: 'event_count', merge: 'sum' },
      { name: 'purchase_count', merge: 'sum' },
      { name: 'first_seen', merge: 'min' },
      { name: 'last_seen', merge: 'max' },
    ],
    contribution: pageActivityDaily,
    view: pageActivityDailyView,
  },
  {
    database: 'gold',
    name: 'user_activity_per_user_daily',
    keys: ['event_date', 'user_id'],
    measures: [
      { name: 'event_count', merge: 'sum' },
      { name: 'login_count', merge: 'sum' },
      { name: 'click_count', merge: 'sum' },
      { name: 'purchase_count', merge: 'sum' },
      { name: 'logout_count', merge: 'sum' },
      { name: 'first_seen', merge: 'min' },
      { name: 'last_seen', merge: 'max' },
    ],
    contribution: userActivityPerUserDaily,
    view: userActivityPerUserDailyView,
  },
];
