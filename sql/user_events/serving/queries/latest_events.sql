-- Purpose: the events that arrived last
-- Grain:   one row per event, newest first, a repeat at its last arrival; hot rows only, the last ten minutes of Kafka time
SELECT
    event_id,
    user_id,
    event_type,
    page,
    timestamp,
    source,
    `_timestamp` AS received_at,
    inserted_at
FROM realtime.user_events_realtime FINAL
WHERE `_timestamp` >= now64(3) - INTERVAL 10 MINUTE
ORDER BY `_timestamp` DESC, `_partition`, `_offset` DESC
LIMIT 1 BY event_id
LIMIT {limit:UInt32}
