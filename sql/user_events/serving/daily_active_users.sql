-- Purpose: how many users did anything on a day, live and exact
-- Grain:   one row per day with an event
-- Reads:   gold.user_activity_daily
CREATE OR REPLACE VIEW gold.daily_active_users SQL SECURITY DEFINER AS
SELECT
    event_date,
    toInt64(finalizeAggregation(users)) AS dau_count,
    toDateTime(updated_at) AS updated_at,
    `_snapshot`
FROM gold.user_activity_daily
COMMENT 'One row per day: its distinct users; updated_at is the Kafka timestamp of the newest event counted'
