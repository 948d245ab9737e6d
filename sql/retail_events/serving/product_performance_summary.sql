-- Purpose: every movement by product, live
-- Grain:   one row per product, category and transaction type
-- Reads:   retail.daily_product_performance
CREATE OR REPLACE VIEW retail.product_performance_summary SQL SECURITY DEFINER AS
SELECT
    product_id,
    category,
    transaction_type,
    sum(days.transaction_count) AS transaction_count,
    sum(days.total_quantity) AS total_quantity,
    sum(days.total_revenue) AS total_revenue,
    CAST(sum(days.total_unit_price) / sum(days.transaction_count), 'Decimal(38, 4)') AS avg_unit_price,
    any(days.`_snapshot`) AS `_snapshot`
FROM retail.daily_product_performance AS days
GROUP BY product_id, category, transaction_type
COMMENT 'One row per product, category and transaction type'
