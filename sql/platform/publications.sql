-- Purpose:    what each published snapshot holds, so that an answer that names its snapshot states its completeness
-- Grain:      one row per (stream, snapshot); read with FINAL
-- Written by: functions/batch/compact, before the views flip to the snapshot
-- Retention:  none
CREATE TABLE IF NOT EXISTS tidemark.publications
(
    stream LowCardinality(String) COMMENT 'Stream',
    snapshot UInt64 COMMENT 'Version of the lake table, 0 before its first',
    location String COMMENT 'Path of the lake table within the bucket',
    metadata_file String COMMENT 'Iceberg metadata file of the snapshot, relative to location',
    tidemark Map(UInt32, UInt64) COMMENT 'Per partition the first offset that the lake does not hold',
    historical_through Nullable(DateTime64(3, 'UTC')) COMMENT 'Kafka timestamp up to which the lake is complete',
    stored UInt64 COMMENT 'Valid events in the lake up to this snapshot',
    rejected UInt64 COMMENT 'Dead letters below the tidemark',
    open_gaps UInt64 COMMENT 'Offsets below the tidemark that were lost before either layer stored them',
    schema_version UInt32 COMMENT 'Version of the judgement that made the snapshot',
    published_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the snapshot was made known'
)
ENGINE = ReplacingMergeTree(published_at)
-- Looked up by exactly this key.
ORDER BY (stream, snapshot)
COMMENT 'One row per stream and published snapshot'
