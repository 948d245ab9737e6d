-- Purpose:    which records were erased: their positions, and nothing of what they said
-- Grain:      one row per (stream, partition, offset, erasure); read with FINAL
-- Written by: functions/batch/erase, and every reader of Kafka that left out a record of an erasure
-- Retention:  none: reconcile accounts for these offsets
CREATE TABLE IF NOT EXISTS tidemark.erased_positions
(
    stream LowCardinality(String) COMMENT 'Stream',
    `_partition` Int32 COMMENT 'Kafka partition of the erased record',
    `_offset` Int64 COMMENT 'Kafka offset of the erased record',
    erasure_id String COMMENT 'Erasure that had it, see tidemark.erasures',
    noted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was left out or removed'
)
ENGINE = ReplacingMergeTree
-- Looked up by position.
ORDER BY (stream, `_partition`, `_offset`, erasure_id)
COMMENT 'One row per erased record'
