-- Purpose: what a range of events adds to gold.page_activity_daily
-- Grain:   one row per day and page
SELECT
    toDate(timestamp) AS event_date,
    page,
    count() AS event_count,
    countIf(event_type = 'purchase') AS purchase_count,
    min(timestamp) AS first_seen,
    max(timestamp) AS last_seen
FROM {{events}}
WHERE {{range}}
GROUP BY event_date, page
