-- Purpose: each event of the hot tail once, for a stream whose events carry an id that counts once within a horizon
-- Grain:   one row per counted event at or above the tidemark: no copy of one that the lake counts, and of copies in
--          the tail the first, then each that is a horizon or more later than the last counted one
-- Reads:   the stream's hot table, tidemark.event_identities
SELECT {{columns}}
FROM
(
    SELECT
        {{columns}},
        toString({{id}}) AS copy_id,
        toUnixTimestamp64Milli(`_timestamp`) AS copy_at,
        -- This copy and those before it, in order.
        groupArray(copy_at) OVER (
            PARTITION BY {{id}} ORDER BY `_timestamp`, `_partition`, `_offset`
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS copies_at
    FROM {{hot_table}} FINAL
    WHERE {{hot_tail}}
) AS hot
LEFT ANY JOIN
(
    SELECT
        event_id AS lake_id,
        groupArray(toUnixTimestamp64Milli(`_timestamp`)) AS lake_counted_at
    FROM tidemark.event_identities
    -- Finds the few ids of the tail by the primary key, in the weeks that can matter to it. Only PREWHERE is sure to look
    -- at the hash first: of a million ids, the other columns of a few are read.
    PREWHERE id_hash IN (SELECT {{id_hash}} FROM {{hot_table}} WHERE {{hot_tail}})
    WHERE stream = '{{stream}}' AND {{below_tidemark}}
        AND `_timestamp` > (SELECT min(`_timestamp`) FROM {{hot_table}} WHERE {{hot_tail}}) - INTERVAL {{horizon_ms}} MILLISECOND
    GROUP BY event_id
) AS lake ON hot.copy_id = lake.lake_id
-- Nearly every event has one copy, and the rest is not evaluated for it.
WHERE (length(copies_at) = 1 AND empty(lake_counted_at)) OR NOT arrayExists(
    at -> abs(copy_at - at) < {{horizon_ms}},
    -- When one counted before this copy: the lake's, then one copy after the other.
    arrayFold(
        (counted_at, at) -> if(
            arrayExists(earlier -> abs(at - earlier) < {{horizon_ms}}, counted_at),
            counted_at,
            arrayPushBack(counted_at, at)
        ),
        arrayPopBack(copies_at),
        lake_counted_at
    )
)
