-- Purpose:    which segments of a gold table hold which snapshots: written after the segment's rows, before the view flips
-- Grain:      one row per refresh; the newest of a gold table counts
-- Written by: functions/batch/refresh-gold
-- Retention:  none
CREATE TABLE IF NOT EXISTS tidemark.gold_refreshes
(
    gold LowCardinality(String) COMMENT 'Gold table, without its suffix _gold',
    stream LowCardinality(String) COMMENT 'Stream that it derives from',
    snapshot UInt64 COMMENT 'The segments hold this snapshot and all before it',
    tidemark Map(UInt32, UInt64) COMMENT 'Tidemark of the snapshot',
    segments Array(UUID) COMMENT 'The segments, oldest first',
    definition String COMMENT 'Hash of the SQL that made them: another one starts anew',
    refreshed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When'
)
ENGINE = MergeTree
-- The newest refresh of a gold table is looked up.
ORDER BY (gold, snapshot, refreshed_at)
COMMENT 'One row per refresh of a gold table'
