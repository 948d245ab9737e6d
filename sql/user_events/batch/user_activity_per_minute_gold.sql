-- Purpose:    storage of realtime.user_activity_per_minute: what ranges of snapshots added, segment by segment
-- Grain:      one row per segment, minute, event type and source
-- Written by: functions/batch/refresh-gold
-- Retention:  none; a segment that no published view names is dead weight
CREATE TABLE IF NOT EXISTS realtime.user_activity_per_minute_gold
(
    segment UUID COMMENT 'One attempt to add a range of snapshots; views name the segments that they read',
    first_snapshot UInt64 COMMENT 'First snapshot that the segment covers',
    last_snapshot UInt64 COMMENT 'Last snapshot that the segment covers',
    window_start DateTime('UTC') COMMENT 'Start of the minute, UTC',
    event_type LowCardinality(String) COMMENT 'login, click, purchase or logout',
    source LowCardinality(String) COMMENT 'web or mobile',
    event_count UInt64 COMMENT 'Events'
)
ENGINE = MergeTree
-- A view reads whole segments, or those minutes of them that a query asks for.
ORDER BY (segment, window_start, event_type, source)
COMMENT 'One row per segment, minute, event type and source'
