-- Purpose: how many keys stand in more than one of the newest rows
-- Grain:   one row
-- Reads:   the object that the check names, from the beginning of the window
SELECT
    countIf(keys.copies > 1) AS observed,
    sum(keys.copies) AS sample,
    arrayStringConcat(groupArrayIf(3)(concat(left(keys.key, 128), ': ', toString(keys.copies)), keys.copies > 1), ', ') AS detail
FROM
(
    SELECT
        toString(tuple({{columns}})) AS key,
        count() AS copies
    FROM {{object}}
    WHERE {{time_column}} >= {from:DateTime64(3, 'UTC')}
    GROUP BY {{columns}}
) AS keys
