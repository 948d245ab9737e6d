-- Purpose:    hot table of the stream retail_events
-- Grain:      one row per Kafka record that is a valid event; read with FINAL
-- Written by: functions/speed/ingest
-- Retention:  90 days after insertion, and never before the lake holds the row
CREATE TABLE IF NOT EXISTS retail.retail_events_realtime
(
    event_time DateTime('UTC') COMMENT 'When it happened, whole seconds',
    store_id Int32 COMMENT 'Store',
    product_id String COMMENT 'Product name',
    category LowCardinality(String) COMMENT 'Category',
    transaction_type LowCardinality(String) COMMENT 'SALE, RETURN or RESTOCK',
    quantity Int32 COMMENT 'Units, positive for every type',
    unit_price Decimal(18, 4) COMMENT 'Price of one unit',
    event_id Nullable(String) COMMENT 'Id that the producer gave, if any',
    `_partition` Int32 COMMENT 'Kafka partition of the record',
    `_offset` Int64 COMMENT 'Kafka offset of the record in its partition',
    `_timestamp` DateTime64(3, 'UTC') COMMENT 'Kafka''s timestamp of the record',
    inserted_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the speed layer stored it',
    -- Finds the rows above a tidemark without reading the others.
    INDEX offset_range `_offset` TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
-- A pure function of the record, so that a redelivered record meets its first copy; a block of offsets is what
-- trimming drops, and a batch of old events touches one block instead of hundreds of months.
PARTITION BY (`_partition`, intDiv(`_offset`, 10000000))
-- The contract's order; partition and offset make it the record's identity.
ORDER BY (event_time, store_id, product_id, `_partition`, `_offset`)
COMMENT 'One row per valid retail event that was delivered'
