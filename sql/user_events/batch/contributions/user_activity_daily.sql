-- Purpose: what a range of events adds to gold.user_activity_daily
-- Grain:   one row per day
SELECT
    toDate(timestamp) AS event_date,
    groupBitmapState(toUInt32(user_id)) AS users,
    groupBitmapStateIf(toUInt32(user_id), event_type = 'purchase') AS buyers,
    count() AS event_count,
    countIf(event_type = 'purchase') AS purchase_count,
    max(`_timestamp`) AS updated_at
FROM {{events}}
WHERE {{range}}
GROUP BY event_date
