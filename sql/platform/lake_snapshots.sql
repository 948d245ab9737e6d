-- Purpose:    the snapshots of the lake that time travel answers for: what it held at each full hour
-- Grain:      one row per (stream, snapshot); read with FINAL
-- Written by: functions/batch/maintain-lake
-- Retention:  none; a snapshot that is no longer kept stays as a row that is not readable
CREATE TABLE IF NOT EXISTS tidemark.lake_snapshots
(
    stream LowCardinality(String) COMMENT 'Stream',
    snapshot UInt64 COMMENT 'Version of the lake table',
    committed_at DateTime64(3, 'UTC') COMMENT 'From when on the lake showed the snapshot',
    lake_table String COMMENT 'ClickHouse table that reads exactly this snapshot, while it is readable',
    tidemark Map(UInt32, UInt64) COMMENT 'Per partition the first offset that the snapshot does not hold',
    historical_through Nullable(DateTime64(3, 'UTC')) COMMENT 'Kafka timestamp up to which the snapshot is complete',
    stored UInt64 COMMENT 'Valid events in the snapshot',
    rejected UInt64 COMMENT 'Dead letters below the tidemark',
    open_gaps UInt64 COMMENT 'Offsets below the tidemark that were lost before either layer stored them',
    is_readable Bool COMMENT 'False once it was let go: by age, or because something in it was erased',
    recorded_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written'
)
-- The last word on a snapshot counts.
ENGINE = ReplacingMergeTree(recorded_at)
-- Looked up by stream, then by number or by time.
ORDER BY (stream, snapshot)
COMMENT 'One row per stream and snapshot that time travel answers, or once answered for'
