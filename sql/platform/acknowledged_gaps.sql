-- Purpose:    gaps that an operator has accepted: their records expired in Kafka before either layer had read them
-- Grain:      one row per acknowledgement, which is of neighbouring offsets
-- Written by: functions/batch/reconcile, when it is invoked with {"acknowledge"}
-- Retention:  none
CREATE TABLE IF NOT EXISTS tidemark.acknowledged_gaps
(
    stream LowCardinality(String) COMMENT 'Stream',
    `_partition` UInt32 COMMENT 'Kafka partition',
    from_offset UInt64 COMMENT 'First offset of the gap',
    to_offset UInt64 COMMENT 'First offset behind it',
    reason String COMMENT 'Why it was accepted',
    acknowledged_at DateTime64(3, 'UTC') COMMENT 'When'
)
ENGINE = MergeTree
-- Read whole, stream by stream.
ORDER BY (stream, `_partition`, from_offset)
COMMENT 'One row per acknowledgement of a gap'
