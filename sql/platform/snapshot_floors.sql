-- Purpose:    the lowest snapshot that a view may still read; below it, hot rows or files may be gone
-- Grain:      one row per raise; the floor of a stream is the highest
-- Written by: functions/batch/maintain-lake, before anything is removed
-- Retention:  none
CREATE TABLE IF NOT EXISTS tidemark.snapshot_floors
(
    stream LowCardinality(String) COMMENT 'Stream',
    floor UInt64 COMMENT 'Views of a lower snapshot refuse to answer',
    raised_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the floor was raised'
)
ENGINE = MergeTree
-- Every published view reads the highest floor of its stream.
ORDER BY (stream, floor)
COMMENT 'One row per raise of the lowest readable snapshot of a stream'
