-- Purpose: the silver events up to a snapshot, read in place
-- Grain:   one row per event below the tidemark, each event_id once within its horizon
-- Reads:   the pinned Iceberg table
CREATE OR REPLACE VIEW realtime.user_events_historical SQL SECURITY DEFINER AS
SELECT
    CAST(event_id, 'String') AS event_id,
    CAST(user_id, 'Int32') AS user_id,
    CAST(event_type, 'String') AS event_type,
    CAST(page, 'String') AS page,
    CAST(timestamp, 'DateTime64(3, \'UTC\')') AS timestamp,
    CAST(source, 'String') AS source,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM {{lake_table}}
WHERE {{is_readable}}
COMMENT 'One row per user event that the lake holds'
