-- Purpose:    storage of gold.page_activity_daily: what ranges of snapshots added, segment by segment
-- Grain:      one row per segment, day and page
-- Written by: functions/batch/refresh-gold
-- Retention:  none; a segment that no published view names is dead weight
CREATE TABLE IF NOT EXISTS gold.page_activity_daily_gold
(
    segment UUID COMMENT 'One attempt to add a range of snapshots; views name the segments that they read',
    first_snapshot UInt64 COMMENT 'First snapshot that the segment covers',
    last_snapshot UInt64 COMMENT 'Last snapshot that the segment covers',
    event_date Date COMMENT 'Day of the event, UTC',
    page String COMMENT 'Page',
    event_count UInt64 COMMENT 'Events',
    purchase_count UInt64 COMMENT 'Purchases',
    first_seen DateTime64(3, 'UTC') COMMENT 'First event',
    last_seen DateTime64(3, 'UTC') COMMENT 'Last event'
)
ENGINE = MergeTree
-- A view reads whole segments, or those days of them that a query asks for.
ORDER BY (segment, event_date, page)
COMMENT 'One row per segment, day and page'
