-- Purpose: the share of the newest events that refer to what is not there
-- Grain:   one row
-- Reads:   the hot table, from the offsets where the window can begin; the object that the check names
SELECT
    sum(found.events * found.is_missing) / sum(found.events) AS observed,
    sum(found.events) AS sample,
    arrayStringConcat(groupArrayIf(5)(concat(left(found.value, 64), ': ', toString(found.events)), found.is_missing), ', ') AS detail
FROM
(
    SELECT
        toString({{column}}) AS value,
        {{column}} NOT IN (SELECT {{reference_column}} FROM {{reference_object}}) AS is_missing,
        count() AS events
    FROM {{hot_table}}
    WHERE {{offsets}}
        AND `_timestamp` >= {from:DateTime64(3, 'UTC')}
        -- The references are read before the events: what was delivered in between is not there yet.
        AND inserted_at < {now:DateTime64(3, 'UTC')} - INTERVAL 1 MINUTE
        AND ({{where}})
    GROUP BY {{column}}
    ORDER BY events DESC
) AS found
