-- Purpose: each event of the hot tail once, for a stream whose events carry an id that counts once within a horizon
-- Grain:   one row per counted event at or above the tidemark: no copy of one that the lake counts, and of copies in
--          the tail the first, then each that is a horizon or more later than the last counted one
-- Reads:   the stream's hot table, tidemark.event_identities
SELECT {{columns}}
FROM {{hot_table}} FINAL
WHERE {{hot_tail}} AND (`_partition`, `_offset`) NOT IN
(
    SELECT
        repeat.1 AS repeated_partition,
        repeat.2 AS repeated_offset
    FROM
    (
        SELECT
            groupArrayIf(copied_at, is_in_lake) AS counted_at,
            -- A redelivered record stands in the hot table twice until its parts are merged.
            arraySort(arrayDistinct(groupArrayIf((copied_at, copy_partition, copy_offset), NOT is_in_lake))) AS copies,
            arrayFilter(copy -> NOT arrayExists(at -> abs(copy.1 - at) < {{horizon_ms}}, counted_at), copies) AS candidates,
            arrayFold(
                (counted, copy) -> if(
                    copy.1 - counted.1 < {{horizon_ms}},
                    (counted.1, counted.2),
                    (copy.1, arrayPushBack(counted.2, (copy.2, copy.3)))
                ),
                candidates,
                (toInt64(-1000000000000000), CAST([], 'Array(Tuple(Int32, Int64))'))
            ).2 AS counted
        FROM
        (
            SELECT
                toString({{id}}) AS id,
                toUnixTimestamp64Milli(`_timestamp`) AS copied_at,
                `_partition` AS copy_partition,
                `_offset` AS copy_offset,
                false AS is_in_lake
            FROM {{hot_table}}
            WHERE {{hot_tail}}
            UNION ALL
            SELECT
                event_id AS id,
                toUnixTimestamp64Milli(`_timestamp`) AS copied_at,
                `_partition` AS copy_partition,
                `_offset` AS copy_offset,
                true AS is_in_lake
            FROM tidemark.event_identities
            WHERE stream = '{{stream}}' AND {{below_tidemark}}
                -- Finds the few ids of the tail by the primary key, in the weeks that can matter to it.
                AND id_hash IN (SELECT cityHash64(toString({{id}})) FROM {{hot_table}} WHERE {{hot_tail}})
                AND `_timestamp` > (SELECT min(`_timestamp`) FROM {{hot_table}} WHERE {{hot_tail}}) - INTERVAL {{horizon_ms}} MILLISECOND
        )
        GROUP BY id
        HAVING count() > 1
    )
    ARRAY JOIN arrayFilter(copy -> NOT has(counted, copy), arrayMap(copy -> (copy.2, copy.3), copies)) AS repeat
)
