-- Purpose: activity per day, live: gold up to the snapshot and the hot tail above it
-- Grain:   one row per day
-- Reads:   gold.user_activity_daily_gold, realtime.user_events_realtime
CREATE OR REPLACE VIEW gold.user_activity_daily SQL SECURITY DEFINER AS
SELECT
    event_date,
    groupBitmapMergeState(activity.users) AS users,
    groupBitmapMergeState(activity.buyers) AS buyers,
    sum(activity.event_count) AS event_count,
    sum(activity.purchase_count) AS purchase_count,
    max(activity.updated_at) AS updated_at,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM
(
    SELECT
        event_date,
        users,
        buyers,
        event_count,
        purchase_count,
        updated_at
    FROM gold.user_activity_daily_gold
    WHERE segment IN ({{segments}}) AND {{is_readable}}
    UNION ALL
    {{hot_contribution}}
) AS activity
GROUP BY event_date
COMMENT 'One row per day'
