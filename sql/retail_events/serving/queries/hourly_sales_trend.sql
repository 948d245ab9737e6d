-- Purpose: sales by hour in a range of hours
-- Grain:   one row per hour with an event, newest first
SELECT
    hour,
    sum(hours.transaction_count) AS transaction_count,
    sum(hours.total_quantity) AS total_quantity,
    sum(hours.total_revenue) AS total_revenue,
    any(hours.`_snapshot`) AS `_snapshot`
FROM retail.hourly_sales_summary AS hours
WHERE hour >= {from:DateTime('UTC')} AND hour < {to:DateTime('UTC')}
    AND transaction_type = {transaction_type:String}
    AND ({store_id:Nullable(Int32)} IS NULL OR store_id = {store_id:Nullable(Int32)})
    AND ({category:Nullable(String)} IS NULL OR category = {category:Nullable(String)})
GROUP BY hour
ORDER BY hour DESC
LIMIT {limit:UInt32}
