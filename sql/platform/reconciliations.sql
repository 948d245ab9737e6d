-- Purpose:    what each reconciliation found: every offset of a partition, by where it is
-- Grain:      one row per run, stream and partition
-- Written by: functions/batch/reconcile, functions/batch/rebuild
-- Retention:  one year
CREATE TABLE IF NOT EXISTS tidemark.reconciliations
(
    run_id String COMMENT 'Unique id of the run over all partitions of the stream',
    stream LowCardinality(String) COMMENT 'Stream',
    `_partition` UInt32 COMMENT 'Kafka partition',
    snapshot UInt64 COMMENT 'Snapshot of the lake that was read',
    is_clean Bool COMMENT 'Every offset is accounted for exactly once, and both layers agree',
    from_offset UInt64 COMMENT 'First offset that is known',
    to_offset UInt64 COMMENT 'End of the log',
    tidemark UInt64 COMMENT 'First offset that the snapshot does not hold',
    accounts Map(LowCardinality(String), UInt64) COMMENT 'Offsets by where they are',
    gap_offsets UInt64 COMMENT 'Offsets that are in no table and ought to be, without acknowledged ones',
    recorded_gap_offsets UInt64 COMMENT 'Offsets that the publication of the snapshot counts as gaps, acknowledged ones too',
    gap_offsets_above UInt64 COMMENT 'Of the gaps those from the tidemark on: the next snapshot decides about them',
    double_offsets UInt64 COMMENT 'Offsets that count more than once',
    mismatch_offsets UInt64 COMMENT 'Offsets of which the speed and the batch layer differ',
    missing_files UInt64 COMMENT 'Data files of the stream that the snapshot names and the bucket has not',
    findings String COMMENT 'JSON: the first ranges of gaps, doubles and mismatches with their reasons',
    checked_at DateTime64(3, 'UTC') COMMENT 'When',
    duration_ms UInt64 COMMENT 'Length of the run over the stream'
)
ENGINE = MergeTree
-- The status and every answer ask for a stream's last run.
ORDER BY (stream, checked_at, `_partition`)
TTL toDateTime(checked_at, 'UTC') + INTERVAL 1 YEAR
COMMENT 'One row per reconciliation of a partition'
