-- Purpose:    records that can never be stored as they are, with their original bytes
-- Grain:      one row per (topic, partition, offset); read with FINAL
-- Written by: functions/speed/ingest and functions/batch/compact: both derive the same rows, the key stores them once
-- Retention:  none; the records are immutable
CREATE TABLE IF NOT EXISTS tidemark.dead_letters
(
    stream LowCardinality(String) COMMENT 'Stream that refused the record',
    topic LowCardinality(String) COMMENT 'Kafka topic',
    `_partition` UInt32 COMMENT 'Kafka partition',
    `_offset` UInt64 COMMENT 'Kafka offset',
    `_timestamp` DateTime64(3, 'UTC') COMMENT 'Kafka timestamp of the record',
    reason LowCardinality(String) COMMENT 'Reason code, see layers/domains/reason-codes.ts',
    detail String COMMENT 'What exactly, naming the field',
    key_base64 Nullable(String) EPHEMERAL,
    value_base64 Nullable(String) EPHEMERAL,
    key Nullable(String) DEFAULT base64Decode(key_base64) COMMENT 'Original bytes of the key',
    value Nullable(String) DEFAULT base64Decode(value_base64) COMMENT 'Original bytes of the value',
    headers Array(Tuple(name String, value_base64 Nullable(String))) COMMENT 'Headers in their order, values as base64',
    first_seen DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When a layer first refused it',
    earliness UInt64 MATERIALIZED 4102444800000 - toUnixTimestamp64Milli(first_seen) COMMENT 'Milliseconds left until 2100: of two copies the earlier one stays'
)
ENGINE = ReplacingMergeTree(earliness)
-- The identity of a record.
ORDER BY (stream, topic, `_partition`, `_offset`)
COMMENT 'One row per record that can never be stored as it is'
