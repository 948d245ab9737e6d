-- Purpose: registers the identities of the events that a range of offsets brought into the lake, or those that are missing
-- Grain:   one row per event that the condition takes; doing it again changes nothing
-- Reads:   the pinned lake table
INSERT INTO tidemark.event_identities (stream, event_id, `_partition`, `_offset`, `_timestamp`, content)
SELECT
    '{{stream}}' AS stream,
    toString({{id}}) AS event_id,
    `_partition`,
    `_offset`,
    `_timestamp`,
    toString({{content}}) AS content
FROM {{lake_table}}
WHERE {{where}}
SETTINGS max_partitions_per_insert_block = 0
