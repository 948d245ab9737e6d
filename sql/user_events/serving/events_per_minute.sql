-- Purpose: events in one-minute tumbling windows, live
-- Grain:   one row per window and event type with an event
-- Reads:   realtime.user_activity_per_minute
CREATE OR REPLACE VIEW realtime.events_per_minute SQL SECURITY DEFINER AS
SELECT
    window_start,
    window_start + INTERVAL 1 MINUTE AS window_end,
    CAST(event_type, 'String') AS event_type,
    sum(minutes.event_count) AS event_count,
    any(minutes.`_snapshot`) AS `_snapshot`
FROM realtime.user_activity_per_minute AS minutes
GROUP BY window_start, event_type
COMMENT 'One row per minute and event type: its events, by the time at which they happened'
