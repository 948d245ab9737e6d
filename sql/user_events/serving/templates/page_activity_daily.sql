-- Purpose: activity per day and page, live: gold up to the snapshot and the hot tail above it
-- Grain:   one row per day and page
-- Reads:   gold.page_activity_daily_gold, realtime.user_events_realtime
CREATE OR REPLACE VIEW gold.page_activity_daily SQL SECURITY DEFINER AS
SELECT
    event_date,
    page,
    sum(activity.event_count) AS event_count,
    sum(activity.purchase_count) AS purchase_count,
    min(activity.first_seen) AS first_seen,
    max(activity.last_seen) AS last_seen,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM
(
    SELECT
        event_date,
        page,
        event_count,
        purchase_count,
        first_seen,
        last_seen
    FROM gold.page_activity_daily_gold
    WHERE segment IN ({{segments}}) AND {{is_readable}}
    UNION ALL
    {{hot_contribution}}
) AS activity
GROUP BY event_date, page
COMMENT 'One row per day and page'
