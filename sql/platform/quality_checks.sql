-- Purpose:    history of the data-quality checks
-- Grain:      one row per stream, check and run
-- Written by: functions/batch/check-quality
-- Retention:  90 days
CREATE TABLE IF NOT EXISTS tidemark.quality_checks
(
    stream LowCardinality(String) COMMENT 'Stream',
    check LowCardinality(String) COMMENT 'Name of the check, unique within the stream',
    kind LowCardinality(String) COMMENT 'freshness, volume, null_rate, accepted_values, uniqueness, referential or monotone_watermarks',
    severity LowCardinality(String) COMMENT 'warning or error',
    status LowCardinality(String) COMMENT 'passed, failed or not_applicable',
    summary String COMMENT 'What the check asks, and so what observed is',
    observed Nullable(Float64) COMMENT 'What was found; NULL where the check does not apply',
    threshold Nullable(Float64) COMMENT 'The bound that it was held against',
    detail String COMMENT 'What exactly failed, or why the check does not apply',
    snapshot UInt64 COMMENT 'Newest published snapshot of the stream at that time',
    checked_at DateTime64(3, 'UTC') COMMENT 'Start of the run',
    duration_ms UInt64 COMMENT 'Length of the check'
)
ENGINE = MergeTree
-- The newest results of each check are looked up.
ORDER BY (stream, check, checked_at)
TTL toDateTime(checked_at, 'UTC') + INTERVAL 90 DAY
COMMENT 'One row per data-quality check and run'
