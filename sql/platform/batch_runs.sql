-- Purpose:    the visible log of every batch step
-- Grain:      one row per run of a step over a stream
-- Written by: every function of functions/batch
-- Retention:  90 days
CREATE TABLE IF NOT EXISTS tidemark.batch_runs
(
    run_id String COMMENT 'Unique id of the run',
    batch_id String COMMENT 'Joins the steps of one run of runBatch over a stream; empty where a step was invoked by itself',
    step LowCardinality(String) COMMENT 'compact, refresh-gold, check-quality, …; done: the run of all of them over the stream',
    stream LowCardinality(String) COMMENT 'Stream, or empty for a run over all',
    status LowCardinality(String) COMMENT 'skipped, done or failed',
    range_from Map(UInt32, UInt64) COMMENT 'First offset per partition',
    range_to Map(UInt32, UInt64) COMMENT 'First offset per partition that was left',
    snapshot UInt64 COMMENT 'Snapshot that the run committed or published, 0 for none',
    `rows` UInt64 COMMENT 'Rows stored',
    rejected UInt64 COMMENT 'Dead letters',
    error String COMMENT 'Empty unless failed',
    warning String COMMENT 'What an operator should know although the run is done',
    started_at DateTime64(3, 'UTC') COMMENT 'Start of the run',
    duration_ms UInt64 COMMENT 'Length of the run'
)
ENGINE = MergeTree
-- The status page asks for the last runs.
ORDER BY (started_at, step, stream)
TTL toDateTime(started_at, 'UTC') + INTERVAL 90 DAY
COMMENT 'One row per run of a batch step'
