-- Purpose: sales by category, live
-- Grain:   one row per category
-- Reads:   retail.daily_sales_summary
CREATE OR REPLACE VIEW retail.sales_by_category SQL SECURITY DEFINER AS
SELECT
    category,
    transaction_type,
    sum(days.transaction_count) AS transaction_count,
    sum(days.total_quantity) AS total_quantity,
    sum(days.total_revenue) AS total_revenue,
    CAST(sum(days.total_unit_price) / sum(days.transaction_count), 'Decimal(38, 4)') AS avg_unit_price,
    any(days.`_snapshot`) AS `_snapshot`
FROM retail.daily_sales_summary AS days
WHERE transaction_type = 'SALE'
GROUP BY category, transaction_type
COMMENT 'One row per category: its sales'
