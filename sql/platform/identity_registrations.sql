-- Purpose:    up to where tidemark.event_identities holds what the lake counts: written after the identities
-- Grain:      one row per registration; the highest snapshot of a stream counts
-- Written by: functions/batch (registerIdentities)
-- Retention:  none
CREATE TABLE IF NOT EXISTS tidemark.identity_registrations
(
    stream LowCardinality(String) COMMENT 'Stream',
    snapshot UInt64 COMMENT 'Version of the lake table whose events are registered',
    tidemark Map(UInt32, UInt64) COMMENT 'Tidemark of the snapshot: every identity below it is there',
    registered_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When'
)
ENGINE = MergeTree
-- The newest of a stream is looked up.
ORDER BY (stream, snapshot)
COMMENT 'One row per registration of a stream''s identities'
