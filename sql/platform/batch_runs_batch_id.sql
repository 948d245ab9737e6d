-- Purpose:    adds batch_id where the table is older than the column
-- Grain:      one row per run of a step over a stream
-- Written by: every function of functions/batch
-- Retention:  that of the table
ALTER TABLE tidemark.batch_runs
    ADD COLUMN IF NOT EXISTS batch_id String
    COMMENT 'Joins the steps of one run of runBatch over a stream; empty where a step was invoked by itself'
    AFTER run_id
