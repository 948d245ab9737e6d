-- Purpose: each event of the hot tail once, for a stream whose events carry an id that counts once within a horizon
-- Grain:   one row per counted event at or above the tidemark: no copy of one that the lake counts, and of copies in
--          the tail the first, then each that is a horizon or more later than the last counted one
-- Reads:   the stream's hot table, tidemark.event_identities
SELECT {{columns}}
FROM
(
    SELECT
        {{columns}},
        `_partition` AS copy_partition,
        `_offset` AS copy_offset,
        toString({{id}}) AS copy_id,
        groupArray((toUnixTimestamp64Milli(`_timestamp`), `_partition`, `_offset`)) OVER (PARTITION BY {{id}}) AS copies
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
WHERE (length(copies) = 1 AND empty(lake_counted_at)) OR NOT has(
    arrayFold(
        -- One copy after the other, by time: (when one counted, which positions repeat one).
        (seen, copy) -> if(
            arrayExists(at -> abs(copy.1 - at) < {{horizon_ms}}, seen.1),
            (seen.1, arrayPushBack(seen.2, (copy.2, copy.3))),
            (arrayPushBack(seen.1, copy.1), seen.2)
        ),
        arraySort(copies),
        (lake_counted_at, CAST([], 'Array(Tuple(Int32, Int64))'))
    ).2,
    (copy_partition, copy_offset)
)
