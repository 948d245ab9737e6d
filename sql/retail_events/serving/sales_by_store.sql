-- Purpose: sales by store, live
-- Grain:   one row per store
-- Reads:   retail.daily_sales_summary
CREATE OR REPLACE VIEW retail.sales_by_store SQL SECURITY DEFINER AS
SELECT
    store_id,
    sum(days.transaction_count) AS transaction_count,
    sum(days.total_quantity) AS total_quantity,
    sum(days.total_revenue) AS total_revenue,
    any(days.`_snapshot`) AS `_snapshot`
FROM retail.daily_sales_summary AS days
WHERE transaction_type = 'SALE'
GROUP BY store_id
COMMENT 'One row per store: its sales'
