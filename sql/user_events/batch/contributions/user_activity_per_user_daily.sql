-- Purpose: what a range of events adds to gold.user_activity_per_user_daily
-- Grain:   one row per day and user
SELECT
    toDate(timestamp) AS event_date,
    user_id,
    count() AS event_count,
    countIf(event_type = 'login') AS login_count,
    countIf(event_type = 'click') AS click_count,
    countIf(event_type = 'purchase') AS purchase_count,
    countIf(event_type = 'logout') AS logout_count,
    min(timestamp) AS first_seen,
    max(timestamp) AS last_seen
FROM {{events}}
WHERE {{range}}
GROUP BY event_date, user_id
