-- Purpose:    adds generation where the table is older than the column
-- Grain:      one row per refresh; the newest of the highest generation of a gold table counts
-- Written by: functions/batch/refresh-gold, functions/batch/rebuild
-- Retention:  that of the table
ALTER TABLE tidemark.gold_refreshes
    ADD COLUMN IF NOT EXISTS generation UInt64
    COMMENT 'Raised by each rebuild: a refresh that continues an older generation does not count'
    AFTER stream
