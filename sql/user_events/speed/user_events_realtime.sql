-- Purpose:    hot table of the stream user_events
-- Grain:      one row per Kafka record that is a valid event, repeats of an event_id included; read with FINAL
-- Written by: functions/speed/ingest
-- Retention:  90 days after insertion, and never before the lake holds the row
CREATE TABLE IF NOT EXISTS realtime.user_events_realtime
(
    event_id String COMMENT 'Id of the event, a UUID in lower case; a repeat has the same',
    user_id Int32 COMMENT 'User',
    event_type LowCardinality(String) COMMENT 'login, click, purchase or logout',
    page String COMMENT 'Page on which it happened',
    timestamp DateTime64(3, 'UTC') COMMENT 'When it happened, to the millisecond',
    source LowCardinality(String) COMMENT 'web or mobile',
    `_content_hash` String COMMENT 'Hash of what the event says beside its id: a repeat that differs in it is a conflict',
    `_partition` Int32 COMMENT 'Kafka partition of the record',
    `_offset` Int64 COMMENT 'Kafka offset of the record in its partition',
    `_timestamp` DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the record',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the speed layer stored it',
    -- Finds the last minutes without reading the others: Kafka's timestamps rise with the offsets.
    INDEX timestamp_range `_timestamp` TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
-- A block of offsets is what trimming drops.
PARTITION BY (`_partition`, intDiv(`_offset`, 10000000))
-- The record's identity, so that a redelivered record meets its first copy; it also finds the rows above a tidemark.
ORDER BY (`_partition`, `_offset`)
COMMENT 'One row per valid record of user events that was delivered'
