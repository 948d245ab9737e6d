-- Purpose: every user event once: silver below the tidemark, the hot table from it
-- Grain:   one row per event that was delivered, each event_id once within its horizon
-- Reads:   the pinned Iceberg table, realtime.user_events_realtime, tidemark.event_identities
CREATE OR REPLACE VIEW realtime.user_events_unified SQL SECURITY DEFINER AS
SELECT
    CAST(event_id, 'String') AS event_id,
    CAST(user_id, 'Int32') AS user_id,
    CAST(event_type, 'String') AS event_type,
    CAST(page, 'String') AS page,
    CAST(timestamp, 'DateTime64(3, \'UTC\')') AS timestamp,
    CAST(source, 'String') AS source,
    -- Not "source", as in retail: that is what the event itself says.
    'historical' AS `_layer`,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM {{lake_table}}
WHERE {{is_readable}}
UNION ALL
SELECT
    event_id,
    user_id,
    CAST(event_type, 'String') AS event_type,
    page,
    timestamp,
    CAST(source, 'String') AS source,
    'realtime' AS `_layer`,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM {{hot_events}}
COMMENT 'One row per user event, each counted once; _layer is realtime or historical'
