-- Purpose: sales by store in a range of hours
-- Grain:   one row per store
SELECT
    store_id,
    sum(hours.transaction_count) AS transaction_count,
    sum(hours.total_quantity) AS total_quantity,
    sum(hours.total_revenue) AS total_revenue,
    any(hours.`_snapshot`) AS `_snapshot`
FROM retail.hourly_sales_summary AS hours
WHERE hour >= {from:DateTime('UTC')} AND hour < {to:DateTime('UTC')}
    AND transaction_type = {transaction_type:String}
    AND ({category:Nullable(String)} IS NULL OR category = {category:Nullable(String)})
GROUP BY store_id
ORDER BY total_revenue DESC, store_id
LIMIT {limit:UInt32}
