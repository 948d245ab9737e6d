-- Purpose: the share of the newest events whose column is null or empty
-- Grain:   one row
-- Reads:   the hot table, from the offsets where the window can begin
SELECT
    countIf(ifNull(toString({{column}}), '') = '') / count() AS observed,
    count() AS sample,
    concat(toString(countIf(ifNull(toString({{column}}), '') = '')), ' of ', toString(count()), ' events') AS detail
FROM {{hot_table}}
WHERE {{offsets}} AND `_timestamp` >= {from:DateTime64(3, 'UTC')}
