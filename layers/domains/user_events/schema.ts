import eventsPerSourceDailyGold from '../../../sql/user_events/batch/events_per_source_daily_gold.sql';
import pageActivityDailyGold from '../../../sql/user_events/batch/page_activity_daily_gold.sql';
import userActivityDailyGold from '../../../sql/user_events/batch/user_activity_daily_gold.sql';
import userActivityPerMinuteGold from '../../../sql/user_events/batch/user_activity_per_minute_gold.sql';
import userActivityPerUserDailyGold from '../../../sql/user_events/batch/user_activity_per_user_daily_gold.sql';
import conversionRateDaily from '../../../sql/user_events/serving/conversion_rate_daily.sql';
import dailyActiveUsers from '../../../sql/user_events/serving/daily_active_users.sql';
import dimDate from '../../../sql/user_events/serving/dim_date.sql';
import dimPages from '../../../sql/user_events/serving/dim_pages.sql';
import dimUsers from '../../../sql/user_events/serving/dim_users.sql';
import eventsPerMinute from '../../../sql/user_events/serving/events_per_minute.sql';
import factEvents from '../../../sql/user_events/serving/fact_events.sql';
import loginsPerSource from '../../../sql/user_events/serving/logins_per_source.sql';
import purchasesPerMinute from '../../../sql/user_events/serving/purchases_per_minute.sql';
import purchasesPerPageDaily from '../../../sql/user_events/serving/purchases_per_page_daily.sql';
import userEventsRealtime from '../../../sql/user_events/speed/user_events_realtime.sql';
import type { Schema } from '../domain.ts';

/** What stands in sql/user_events: a conformance test holds the two against each other. */
export const userSchema: Schema = {
  tables: [
    userEventsRealtime,
    eventsPerSourceDailyGold,
    pageActivityDailyGold,
    userActivityDailyGold,
    userActivityPerMinuteGold,
    userActivityPerUserDailyGold,
  ],
  views: [
    conversionRateDaily,
    dailyActiveUsers,
    dimDate,
    dimPages,
    dimUsers,
    eventsPerMinute,
    factEvents,
    loginsPerSource,
    purchasesPerMinute,
    purchasesPerPageDaily,
  ],
};
