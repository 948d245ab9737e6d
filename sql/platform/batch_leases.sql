-- Purpose:    who is running runBatch: a scheduled run does not start while another one renews its lease
-- Grain:      one row per renewal; the newest of a holder counts
-- Written by: functions/batch/run-batch, every few seconds while it runs
-- Retention:  1 day
CREATE TABLE IF NOT EXISTS tidemark.batch_leases
(
    name LowCardinality(String) COMMENT 'What may run once at a time',
    holder String COMMENT 'Unique id of the run that holds it',
    is_released Bool COMMENT 'The run has ended',
    renewed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When, by the clock of ClickHouse'
)
ENGINE = MergeTree
-- The newest renewals of a name are looked up.
ORDER BY (name, renewed_at)
TTL toDateTime(renewed_at, 'UTC') + INTERVAL 1 DAY
COMMENT 'One row per renewal of a lease'
