-- Purpose: each event of the hot tail once, for a stream whose identity is the record's position
-- Grain:   one row per valid event at or above the tidemark
-- Reads:   the stream's hot table
SELECT {{columns}}
FROM {{hot_table}} FINAL
WHERE {{hot_tail}}
