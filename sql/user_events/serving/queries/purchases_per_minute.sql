-- Purpose: purchases by minute in a range of minutes
-- Grain:   one row per minute with a purchase, newest first
SELECT
    window_start,
    window_end,
    purchase_count,
    `_snapshot`
FROM realtime.purchases_per_minute
WHERE window_start >= {from:DateTime('UTC')} AND window_start < {to:DateTime('UTC')}
ORDER BY window_start DESC
LIMIT {limit:UInt32}
