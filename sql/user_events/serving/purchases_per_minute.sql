-- Purpose: purchases in one-minute tumbling windows, live
-- Grain:   one row per window with a purchase
-- Reads:   realtime.user_activity_per_minute
CREATE OR REPLACE VIEW realtime.purchases_per_minute SQL SECURITY DEFINER AS
SELECT
    window_start,
    window_start + INTERVAL 1 MINUTE AS window_end,
    sum(minutes.event_count) AS purchase_count,
    any(minutes.`_snapshot`) AS `_snapshot`
FROM realtime.user_activity_per_minute AS minutes
WHERE event_type = 'purchase'
GROUP BY window_start
COMMENT 'One row per minute: its purchases, by the time at which they happened'
