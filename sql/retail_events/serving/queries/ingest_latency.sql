-- Purpose: how long events took from Kafka's log to the hot table
-- Grain:   one row, over the events of the last five minutes
SELECT
    count() AS events,
    quantileExact(0.5)(took_ms) AS p50_ms,
    quantileExact(0.99)(took_ms) AS p99_ms,
    max(took_ms) AS max_ms
FROM
(
    SELECT greatest(0, dateDiff('millisecond', `_timestamp`, inserted_at)) AS took_ms
    FROM retail.retail_events_realtime FINAL
    WHERE `_timestamp` >= now64(3) - INTERVAL 5 MINUTE
)
