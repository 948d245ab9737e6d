-- Purpose: how old the newest event of a stream is, in minutes
-- Grain:   one row
-- Reads:   the hot tail, tidemark.publications
SELECT
    dateDiff('millisecond', newest, {now:DateTime64(3, 'UTC')}) / 60000 AS observed,
    toUInt64(newest IS NOT NULL) AS sample,
    ifNull(concat('the newest event is of ', toString(newest), ' UTC'), '') AS detail
FROM
(
    SELECT max(known.moment) AS newest
    FROM
    (
        SELECT maxOrNull(`_timestamp`) AS moment FROM {{hot_table}} WHERE {{hot_tail}}
        UNION ALL
        SELECT max(historical_through) AS moment FROM tidemark.publications WHERE stream = {stream:String}
    ) AS known
)
