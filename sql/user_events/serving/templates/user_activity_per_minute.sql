-- Purpose: activity per minute, live: gold up to the snapshot and the hot tail above it
-- Grain:   one row per minute, event type and source
-- Reads:   realtime.user_activity_per_minute_gold, realtime.user_events_realtime
CREATE OR REPLACE VIEW realtime.user_activity_per_minute SQL SECURITY DEFINER AS
SELECT
    window_start,
    event_type,
    source,
    sum(activity.event_count) AS event_count,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM
(
    SELECT
        window_start,
        event_type,
        source,
        event_count
    FROM realtime.user_activity_per_minute_gold
    WHERE segment IN ({{segments}}) AND {{is_readable}}
    UNION ALL
    {{hot_contribution}}
) AS activity
GROUP BY window_start, event_type, source
COMMENT 'One row per minute, event type and source'
