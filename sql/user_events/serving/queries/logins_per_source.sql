-- Purpose: logins by minute and source in a range of minutes
-- Grain:   one row per minute and source with a login, newest first
SELECT
    window_start,
    window_end,
    source,
    login_count,
    `_snapshot`
FROM realtime.logins_per_source
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
ORDER BY window_start DESC, source
LIMIT {limit:UInt32}
