-- Purpose: events by minute in a range of minutes
-- Grain:   one row per minute and event type with an event, newest first
SELECT
    window_start,
    window_end,
    event_type,
    event_count,
    `_snapshot`
FROM realtime.events_per_minute
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
    AND ({event_type:Nullable(String)} IS NULL OR event_type = {event_type:Nullable(String)})
ORDER BY window_start DESC, event_type
LIMIT {limit:UInt32}
