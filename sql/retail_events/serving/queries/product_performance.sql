-- Purpose: sales by product in a range of days
-- Grain:   one row per product and category
SELECT
    product_id,
    category,
    sum(days.transaction_count) AS transaction_count,
    sum(days.total_quantity) AS total_quantity,
    sum(days.total_revenue) AS total_revenue,
    CAST(sum(days.total_unit_price) / sum(days.transaction_count), 'Decimal(38, 4)') AS avg_unit_price,
    any(days.`_snapshot`) AS `_snapshot`
FROM retail.daily_product_performance AS days
WHERE date >= toDate({from:DateTime('UTC')}) AND date < toDate({to:DateTime('UTC')})
    AND transaction_type = {transaction_type:String}
    AND ({category:Nullable(String)} IS NULL OR category = {category:Nullable(String)})
GROUP BY product_id, category
ORDER BY total_revenue DESC, product_id, category
LIMIT {limit:UInt32}
