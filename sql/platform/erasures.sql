-- Purpose:    what was asked to be forgotten: obeyed by every reader of Kafka and by backfill, followed until it is proven
-- Grain:      one row per step of an erasure; rows are added, never changed
-- Written by: functions/batch/erase
-- Retention:  none: without it a rebuild from Kafka would bring back what was erased
CREATE TABLE IF NOT EXISTS tidemark.erasures
(
    erasure_id String COMMENT 'Unique id of the erasure',
    stream LowCardinality(String) COMMENT 'Stream whose records are erased',
    subject_column LowCardinality(String) COMMENT 'Column that names the subject; _key for the record''s key, _position for records by position',
    salt String COMMENT 'Random, of this erasure alone',
    subject_hash String COMMENT 'SHA-256 of salt and value, hexadecimal: the value itself is stored nowhere; empty for _position',
    positions Array(Tuple(`partition` UInt32, `offset` UInt64)) COMMENT 'For _position: what is erased',
    ends Map(UInt32, UInt64) COMMENT 'Per partition the end of the log at the request: what comes from there on is stored',
    status LowCardinality(String) COMMENT 'requested; vanished: in no answer any more; finished: searched for everywhere, and nowhere found',
    snapshot UInt64 COMMENT 'Version of the lake table from which on the subject is gone; 0 while requested',
    records_snapshot UInt64 COMMENT 'The same of the table that keeps records as received',
    proof String COMMENT 'JSON: what was removed, and what the search found, place by place',
    written_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was written'
)
ENGINE = MergeTree
-- Readers ask for the erasures of a stream.
ORDER BY (stream, erasure_id, written_at)
COMMENT 'One row per step of an erasure'
