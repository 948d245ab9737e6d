-- Purpose: distinct users by day beside those of the same weekday a week before
-- Grain:   one row per day with an event, newest first
SELECT
    event_date,
    dau_count,
    dau_last_week,
    round(100 * (dau_count - dau_last_week) / dau_last_week, 1) AS growth_pct,
    `_snapshot`
FROM
(
    SELECT
        event_date,
        dau_count,
        -- By date and not by row: a day without events leaves a gap, and the day a week after it has nothing to grow from.
        any(toNullable(dau_count)) OVER (ORDER BY event_date RANGE BETWEEN 7 PRECEDING AND 7 PRECEDING) AS dau_last_week,
        `_snapshot`
    FROM gold.daily_active_users
    -- Date32: a Date before 1970 would be one of the next century.
    WHERE event_date >= toDate32({from:DateTime('UTC')}) - 7 AND event_date < toDate({to:DateTime('UTC')})
)
WHERE event_date >= toDate({from:DateTime('UTC')})
ORDER BY event_date DESC
LIMIT {limit:UInt32}
