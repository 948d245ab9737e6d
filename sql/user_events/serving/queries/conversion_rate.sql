-- Purpose: which part of a day's users bought, in a range of days
-- Grain:   one row per day with an event, newest first
SELECT
    event_date,
    conversion_rate,
    total_purchases,
    dau_count,
    unique_buyers,
    `_snapshot`
FROM gold.conversion_rate_daily
WHERE event_date >= toDate({from:DateTime('UTC')}) AND event_date < toDate({to:DateTime('UTC')})
ORDER BY event_date DESC
LIMIT {limit:UInt32}
