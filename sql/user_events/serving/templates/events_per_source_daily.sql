-- Purpose: events per day and source, live: gold up to the snapshot and the hot tail above it
-- Grain:   one row per day and source
-- Reads:   gold.events_per_source_daily_gold, realtime.user_events_realtime
CREATE OR REPLACE VIEW gold.events_per_source_daily SQL SECURITY DEFINER AS
SELECT
    event_date,
    source,
    sum(activity.event_count) AS event_count,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM
(
    SELECT
        event_date,
        source,
        event_count
    FROM gold.events_per_source_daily_gold
    WHERE segment IN ({{segments}}) AND {{is_readable}}
    UNION ALL
    {{hot_contribution}}
) AS activity
GROUP BY event_date, source
COMMENT 'One row per day and source'
