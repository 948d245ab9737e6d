-- Purpose: how often the tidemark or historical_through went back from one published snapshot to the next
-- Grain:   one row
-- Reads:   the newest rows of tidemark.publications
SELECT
    countIf(steps.is_back) AS observed,
    count() AS sample,
    arrayStringConcat(
        groupArrayIf(3)(
            concat(
                'snapshot ', toString(steps.snapshot), ': from ', toString(steps.previous_tidemark), ' ',
                ifNull(toString(steps.previous_through), ''), ' to ', toString(steps.tidemark), ' ',
                ifNull(toString(steps.historical_through), '')
            ),
            steps.is_back
        ),
        ', '
    ) AS detail
FROM
(
    SELECT
        snapshot,
        tidemark,
        historical_through,
        lagInFrame(tidemark) OVER by_snapshot AS previous_tidemark,
        lagInFrame(historical_through) OVER by_snapshot AS previous_through,
        arrayExists(partition -> tidemark[partition] < previous_tidemark[partition], mapKeys(previous_tidemark))
            OR ifNull(historical_through < previous_through, previous_through IS NOT NULL) AS is_back
    FROM tidemark.publications FINAL
    WHERE stream = {stream:String} AND snapshot > {above:UInt64}
    WINDOW by_snapshot AS (ORDER BY snapshot ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
) AS steps
