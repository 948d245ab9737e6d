-- Purpose: what a range of events adds to realtime.user_activity_per_minute
-- Grain:   one row per minute, event type and source
SELECT
    toStartOfMinute(timestamp) AS window_start,
    event_type,
    source,
    count() AS event_count
FROM {{events}}
WHERE {{range}}
GROUP BY window_start, event_type, source
