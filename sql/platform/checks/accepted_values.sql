-- Purpose: the share of the newest events whose column has another value than the accepted ones
-- Grain:   one row
-- Reads:   the hot table, from the offsets where the window can begin
SELECT
    sum(found.events * found.is_other) / sum(found.events) AS observed,
    sum(found.events) AS sample,
    arrayStringConcat(groupArrayIf(5)(concat(left(found.value, 64), ': ', toString(found.events)), found.is_other), ', ') AS detail
FROM
(
    SELECT
        ifNull(toString({{column}}), '') AS value,
        NOT has({values:Array(String)}, value) AS is_other,
        count() AS events
    FROM {{hot_table}}
    WHERE {{offsets}} AND `_timestamp` >= {from:DateTime64(3, 'UTC')}
    GROUP BY value
    ORDER BY events DESC
) AS found
