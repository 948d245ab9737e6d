-- Purpose: distinct users by day in a range of days
-- Grain:   one row per day with an event, newest first
SELECT
    event_date,
    dau_count,
    updated_at,
    `_snapshot`
FROM gold.daily_active_users
WHERE event_date >= toDate({from:DateTime('UTC')}) AND event_date < toDate({to:DateTime('UTC')})
ORDER BY event_date DESC
LIMIT {limit:UInt32}
