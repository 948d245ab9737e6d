-- Purpose: the events of the last full hour, as a share of those of the same hour last week
-- Grain:   one row
-- Reads:   the hot table, each hour between the offsets where it can lie
SELECT
    now_count / then_count AS observed,
    then_count AS sample,
    concat(
        toString(now_count), ' events from ', toString({hour:DateTime('UTC')}), ' UTC, ',
        toString(then_count), ' a week before'
    ) AS detail
FROM
(
    -- A record that was delivered twice has two rows until they merge.
    SELECT uniqExact(`_partition`, `_offset`) AS now_count
    FROM {{hot_table}}
    WHERE {{now_offsets}}
        AND `_timestamp` >= {hour:DateTime('UTC')}
        AND `_timestamp` < {hour:DateTime('UTC')} + INTERVAL 1 HOUR
) AS now_hour
CROSS JOIN
(
    SELECT uniqExact(`_partition`, `_offset`) AS then_count
    FROM {{hot_table}}
    WHERE {{then_offsets}}
        AND `_timestamp` >= {hour:DateTime('UTC')} - INTERVAL 7 DAY
        AND `_timestamp` < {hour:DateTime('UTC')} - INTERVAL 7 DAY + INTERVAL 1 HOUR
) AS then_hour
