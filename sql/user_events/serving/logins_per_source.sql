-- Purpose: logins in one-minute tumbling windows, live
-- Grain:   one row per window and source with a login
-- Reads:   realtime.user_activity_per_minute
CREATE OR REPLACE VIEW realtime.logins_per_source SQL SECURITY DEFINER AS
SELECT
    window_start,
    window_start + INTERVAL 1 MINUTE AS window_end,
    CAST(source, 'String') AS source,
    sum(minutes.event_count) AS login_count,
    any(minutes.`_snapshot`) AS `_snapshot`
FROM realtime.user_activity_per_minute AS minutes
WHERE event_type = 'login'
GROUP BY window_start, source
COMMENT 'One row per minute and source: its logins, by the time at which they happened'
