-- Purpose:    storage of gold.events_per_source_daily: what ranges of snapshots added, segment by segment
-- Grain:      one row per segment, day and source
-- Written by: functions/batch/refresh-gold
-- Retention:  none; a segment that no published view names is dead weight
CREATE TABLE IF NOT EXISTS gold.events_per_source_daily_gold
(
    segment UUID COMMENT 'One attempt to add a range of snapshots; views name the segments that they read',
    first_snapshot UInt64 COMMENT 'First snapshot that the segment covers',
    last_snapshot UInt64 COMMENT 'Last snapshot that the segment covers',
    event_date Date COMMENT 'Day of the event, UTC',
    source LowCardinality(String) COMMENT 'web or mobile',
    event_count Int64 COMMENT 'Events'
)
ENGINE = MergeTree
-- A view reads whole segments, or those days of them that a query asks for.
ORDER BY (segment, event_date, source)
COMMENT 'One row per segment, day and source'
