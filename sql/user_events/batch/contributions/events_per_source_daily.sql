-- Purpose: what a range of events adds to gold.events_per_source_daily
-- Grain:   one row per day and source
SELECT
    toDate(timestamp) AS event_date,
    source,
    toInt64(count()) AS event_count
FROM {{events}}
WHERE {{range}}
GROUP BY event_date, source
