-- Purpose: sales by product, live
-- Grain:   one row per product and category
-- Reads:   retail.daily_product_performance
CREATE OR REPLACE VIEW retail.product_performance SQL SECURITY DEFINER AS
SELECT
    product_id,
    category,
    sum(days.transaction_count) AS transaction_count,
    sum(days.total_quantity) AS total_quantity,
    sum(days.total_revenue) AS total_revenue,
    CAST(sum(days.total_unit_price) / sum(days.transaction_count), 'Decimal(38, 4)') AS avg_unit_price,
    any(days.`_snapshot`) AS `_snapshot`
FROM retail.daily_product_performance AS days
WHERE transaction_type = 'SALE'
GROUP BY product_id, category
ORDER BY total_revenue DESC
COMMENT 'One row per product and category: its sales'
