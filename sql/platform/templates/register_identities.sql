-- Purpose: registers the identities of the events that a range of offsets brought into the lake
-- Grain:   one row per event of the range; doing it again changes nothing
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
WHERE {{range}} AND `_timestamp` >= fromUnixTimestamp64Milli(toInt64({{keep_from_ms}}), 'UTC')
SETTINGS max_partitions_per_insert_block = 0
