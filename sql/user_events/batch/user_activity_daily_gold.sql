-- Purpose:    storage of gold.user_activity_daily: what ranges of snapshots added, segment by segment
-- Grain:      one row per segment, day
-- Written by: functions/batch/refresh-gold
-- Retention:  none; a segment that no published view names is dead weight
CREATE TABLE IF NOT EXISTS gold.user_activity_daily_gold
(
    segment UUID COMMENT 'One attempt to add a range of snapshots; views name the segments that they read',
    first_snapshot UInt64 COMMENT 'First snapshot that the segment covers',
    last_snapshot UInt64 COMMENT 'Last snapshot that the segment covers',
    event_date Date COMMENT 'Day of the event, UTC',
    users AggregateFunction(groupBitmap, UInt32) COMMENT 'Who did anything: an exact set, its size by groupBitmapMerge(users)',
    buyers AggregateFunction(groupBitmap, UInt32) COMMENT 'Who bought: an exact set, its size by groupBitmapMerge(buyers)',
    event_count UInt64 COMMENT 'Events',
    purchase_count UInt64 COMMENT 'Purchases',
    updated_at DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the newest event of the day'
)
ENGINE = MergeTree
-- A view reads whole segments, or those days of them that a query asks for.
ORDER BY (segment, event_date)
COMMENT 'One row per segment, day'
