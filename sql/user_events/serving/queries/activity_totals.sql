-- Purpose: what happened in a range of days
-- Grain:   one row; none where there is no event
SELECT
    sum(days.event_count) AS event_count,
    sum(days.purchase_count) AS purchase_count,
    groupBitmapMerge(days.users) AS active_users,
    groupBitmapMerge(days.buyers) AS unique_buyers,
    unique_buyers / active_users AS conversion_rate,
    any(days.`_snapshot`) AS `_snapshot`
FROM gold.user_activity_daily AS days
WHERE event_date >= toDate({from:DateTime('UTC')}) AND event_date < toDate({to:DateTime('UTC')})
HAVING count() > 0
