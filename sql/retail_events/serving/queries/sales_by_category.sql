-- Purpose: sales by category in a range of hours
-- Grain:   one row per category and transaction type
SELECT
    category,
    transaction_type,
    sum(hours.transaction_count) AS transaction_count,
    sum(hours.total_quantity) AS total_quantity,
    sum(hours.total_revenue) AS total_revenue,
    CAST(sum(hours.total_unit_price) / sum(hours.transaction_count), 'Decimal(38, 4)') AS avg_unit_price,
    any(hours.`_snapshot`) AS `_snapshot`
FROM retail.hourly_sales_summary AS hours
WHERE hour >= {from:DateTime('UTC')} AND hour < {to:DateTime('UTC')}
    AND transaction_type = {transaction_type:String}
    AND ({store_id:Nullable(Int32)} IS NULL OR store_id = {store_id:Nullable(Int32)})
GROUP BY category, transaction_type
ORDER BY total_revenue DESC, category
LIMIT {limit:UInt32}
