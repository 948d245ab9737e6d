-- Purpose:    which files of history were loaded through their stream's topic
-- Grain:      one row per load (a file under a load id); read with FINAL
-- Written by: functions/batch/backfill
-- Retention:  none: a load that is done is never loaded again
CREATE TABLE IF NOT EXISTS tidemark.backfill_loads
(
    load_id String COMMENT 'Id of the load, and of its Kafka group tidemark-backfill-<load_id>',
    stream LowCardinality(String) COMMENT 'Stream that it was loaded into',
    source String COMMENT 'The file, as s3://bucket/key or path',
    fingerprint String COMMENT 'Size and content of the file, its format and the renaming of its columns',
    status LowCardinality(String) COMMENT 'begun or done',
    records UInt64 COMMENT 'Records committed when this was written; what Kafka says counts',
    updated_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this was written'
)
ENGINE = ReplacingMergeTree(updated_at)
-- The identity of a load.
ORDER BY load_id
COMMENT 'One row per file of history that was loaded or is being loaded'
