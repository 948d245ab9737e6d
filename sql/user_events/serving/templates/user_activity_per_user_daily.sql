-- Purpose: activity per day and user, live: gold up to the snapshot and the hot tail above it
-- Grain:   one row per day and user
-- Reads:   gold.user_activity_per_user_daily_gold, realtime.user_events_realtime
CREATE OR REPLACE VIEW gold.user_activity_per_user_daily SQL SECURITY DEFINER AS
SELECT
    event_date,
    user_id,
    sum(activity.event_count) AS event_count,
    sum(activity.login_count) AS login_count,
    sum(activity.click_count) AS click_count,
    sum(activity.purchase_count) AS purchase_count,
    sum(activity.logout_count) AS logout_count,
    min(activity.first_seen) AS first_seen,
    max(activity.last_seen) AS last_seen,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM
(
    SELECT
        event_date,
        user_id,
        event_count,
        login_count,
        click_count,
        purchase_count,
        logout_count,
        first_seen,
        last_seen
    FROM gold.user_activity_per_user_daily_gold
    WHERE segment IN ({{segments}}) AND {{is_readable}}
    UNION ALL
    {{hot_contribution}}
) AS activity
GROUP BY event_date, user_id
COMMENT 'One row per day and user'
