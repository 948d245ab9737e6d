-- Purpose: the events that were stored last
-- Grain:   one row per event, newest first; hot rows only, at most the last ten minutes of Kafka time
SELECT
    event_time,
    store_id,
    product_id,
    category,
    transaction_type,
    quantity,
    unit_price,
    event_id,
    `_timestamp` AS received_at,
    inserted_at
FROM retail.retail_events_realtime FINAL
WHERE `_timestamp` >= now64(3) - INTERVAL 10 MINUTE
ORDER BY `_timestamp` DESC, `_partition`, `_offset` DESC
LIMIT {limit:UInt32}
