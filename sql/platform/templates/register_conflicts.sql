-- Purpose: notes the repeats of a range of offsets whose content differs from that of the event which counts
-- Grain:   one row per repeat with other content; doing it again changes nothing
-- Reads:   the bronze table, tidemark.event_identities; a counted record meets only itself, and differs in nothing
INSERT INTO tidemark.event_conflicts
    (stream, event_id, kept_partition, kept_offset, kept_content, `_partition`, `_offset`, `_timestamp`, content)
SELECT
    '{{stream}}' AS stream,
    event_id,
    kept_partition,
    kept_offset,
    kept_content,
    received_partition,
    received_offset,
    received_at,
    received_content
FROM
(
    SELECT
        assumeNotNull(event_id) AS event_id,
        `_partition` AS received_partition,
        `_offset` AS received_offset,
        `_timestamp` AS received_at,
        assumeNotNull(content) AS received_content
    FROM {{bronze}}
    WHERE verdict = 'valid' AND {{range}}
) AS received
INNER JOIN
(
    SELECT
        event_id,
        `_partition` AS kept_partition,
        `_offset` AS kept_offset,
        `_timestamp` AS kept_at,
        content AS kept_content
    FROM tidemark.event_identities
    PREWHERE id_hash IN (SELECT {{id_hash}} FROM {{bronze}} WHERE verdict = 'valid' AND {{range}})
    WHERE stream = '{{stream}}' AND {{below_tidemark}}
) AS kept USING (event_id)
WHERE received_content != kept_content
    AND abs(toUnixTimestamp64Milli(received_at) - toUnixTimestamp64Milli(kept_at)) < {{horizon_ms}}
ORDER BY abs(toUnixTimestamp64Milli(received_at) - toUnixTimestamp64Milli(kept_at)), kept_partition, kept_offset
LIMIT 1 BY received_partition, received_offset
