-- Purpose:    from which offsets on a version of a stream's judgement counts, for both layers alike; version 1 counts
--             from the beginning and has no row
-- Grain:      one row per step of recording a version: first that it comes (no offsets), then from where it counts;
--             repeated recordings say the same
-- Reads:      schema-versions/<stream>/v<version>.json of the lake's bucket, where the first writer wins
-- Written by: functions/batch/compact, before it reads a record by the new version
-- Retention:  none
CREATE TABLE IF NOT EXISTS tidemark.schema_versions
(
    stream LowCardinality(String) COMMENT 'Stream',
    version UInt32 COMMENT 'Version of the stream''s judgement and conversion',
    from_offsets Map(UInt32, UInt64) COMMENT 'Per partition the first offset that it judges; empty until it is decided',
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When'
)
ENGINE = MergeTree
-- Every batch reads those of its stream.
ORDER BY (stream, version)
COMMENT 'One row per recorded step of a version of a stream''s judgement'
