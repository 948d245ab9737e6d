-- Purpose: each event of the hot tail once, for a stream whose events carry an id that counts once within a horizon
-- Grain:   one row per counted event at or above the tidemark: no copy of one that the lake counts, and of copies in
--          the tail the first, then each that is a horizon or more later than the last counted one
-- Reads:   the stream's hot table, tidemark.event_identities
SELECT {{columns}}
FROM
(
    SELECT
        *,
        groupArrayIf(copy_at, copy_number > 1) OVER (
            PARTITION BY copy_id ORDER BY copy_number
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS later_at
    FROM
    (
        SELECT
            {{columns}},
            toString({{id}}) AS copy_id,
            toUnixTimestamp64Milli(`_timestamp`) AS copy_at,
            min(copy_at) OVER copies AS first_at,
            count() OVER copies AS copy_number
        FROM {{hot_table}} AS hot FINAL
        LEFT ANY JOIN
        (
            SELECT
                event_id AS lake_id,
                groupArray(toUnixTimestamp64Milli(`_timestamp`)) AS lake_counted_at
            FROM tidemark.event_identities
            -- Finds the few ids of the tail by the primary key, in the weeks that can matter to it. Only PREWHERE is sure to
            -- look at the hash first: of a million ids, the other columns of a few are read.
            PREWHERE id_hash IN (SELECT {{id_hash}} FROM {{hot_table}} WHERE {{hot_tail}})
            WHERE stream = '{{stream}}' AND {{below_tidemark}}
                AND `_timestamp` > (SELECT min(`_timestamp`) FROM {{hot_table}} WHERE {{hot_tail}}) - INTERVAL {{horizon_ms}} MILLISECOND
            GROUP BY event_id
        ) AS lake ON toString(hot.{{id}}) = lake.lake_id
        WHERE {{hot_tail}} AND NOT arrayExists(at -> abs(copy_at - at) < {{horizon_ms}}, lake_counted_at)
        WINDOW copies AS (
            PARTITION BY copy_id ORDER BY `_timestamp`, `_partition`, `_offset`
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )
    )
    -- The first counts, and those within the horizon of it repeat it: thousands of them are no array.
    WHERE copy_number = 1 OR copy_at - first_at >= {{horizon_ms}}
)
-- Of a tail that is longer than the horizon: copies that are a horizon or more later than the last one that counted.
WHERE copy_number = 1 OR copy_at - arrayFold(
    (counted_at, at) -> if(at - counted_at >= {{horizon_ms}}, at, counted_at),
    arrayPopBack(later_at),
    first_at
) >= {{horizon_ms}}
