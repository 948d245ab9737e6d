-- Purpose:    repeats of an event_id that say something else than the event which counts
-- Grain:      one row per repeat with other content; read with FINAL
-- Written by: functions/batch (registerIdentities), from the bronze table, before a version is published
-- Retention:  none
CREATE TABLE IF NOT EXISTS tidemark.event_conflicts
(
    stream LowCardinality(String) COMMENT 'Stream',
    event_id String COMMENT 'Id that both records carry',
    kept_partition Int32 COMMENT 'Kafka partition of the record that counts',
    kept_offset Int64 COMMENT 'Kafka offset of the record that counts',
    kept_content String COMMENT 'What the event says, in the form of the stream''s content column',
    `_partition` Int32 COMMENT 'Kafka partition of the repeat',
    `_offset` Int64 COMMENT 'Kafka offset of the repeat',
    `_timestamp` DateTime64(3, 'UTC') COMMENT 'Kafka timestamp of the repeat',
    content String COMMENT 'What the repeat says instead',
    found_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was found'
)
ENGINE = ReplacingMergeTree(found_at)
-- The repeat's position is its identity; listed by stream.
ORDER BY (stream, `_partition`, `_offset`)
COMMENT 'One row per repeat of an event_id with other content'
