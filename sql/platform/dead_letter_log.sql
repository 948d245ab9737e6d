-- Purpose:    what was done with dead letters: the records themselves are immutable
-- Grain:      one row per action on a dead letter; a repeated row says nothing new
-- Written by: functions/serving/dead-letters (replay, discard)
-- Retention:  none
CREATE TABLE IF NOT EXISTS tidemark.dead_letter_log
(
    stream LowCardinality(String) COMMENT 'Stream that refused the record',
    topic LowCardinality(String) COMMENT 'Kafka topic of the dead letter',
    `_partition` UInt32 COMMENT 'Kafka partition of the dead letter',
    `_offset` UInt64 COMMENT 'Kafka offset of the dead letter',
    action LowCardinality(String) COMMENT 'begun, then replayed or returned (its transaction was not committed); or discarded',
    comment String COMMENT 'Why, as the operator said',
    attempt String COMMENT 'Id of the transaction that replays it; empty for discarded',
    sequence UInt64 COMMENT 'Position that the transaction commits in the group tidemark-replay-<stream>',
    new_partition Nullable(UInt32) COMMENT 'Kafka partition of the replayed record',
    new_offset Nullable(UInt64) COMMENT 'Kafka offset of the replayed record; NULL where the broker''s answer was lost',
    at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When',
    run_id String COMMENT 'Run that did it'
)
ENGINE = MergeTree
-- Asked for by dead letter.
ORDER BY (stream, topic, `_partition`, `_offset`, at)
COMMENT 'One row per action on a dead letter'
