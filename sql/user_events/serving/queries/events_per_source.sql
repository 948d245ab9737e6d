-- Purpose: events by source in a range of days
-- Grain:   one row per day and source with an event, newest first
SELECT
    event_date,
    source,
    event_count,
    `_snapshot`
FROM gold.events_per_source_daily
WHERE event_date >= toDate({from:DateTime('UTC')}) AND event_date < toDate({to:DateTime('UTC')})
ORDER BY event_date DESC, source
LIMIT {limit:UInt32}
