-- Purpose: sales by hour, live
-- Grain:   one row per hour with a sale
-- Reads:   retail.hourly_sales_summary
CREATE OR REPLACE VIEW retail.hourly_sales_trend SQL SECURITY DEFINER AS
SELECT
    hour,
    sum(hours.transaction_count) AS transaction_count,
    sum(hours.total_quantity) AS total_quantity,
    sum(hours.total_revenue) AS total_revenue,
    any(hours.`_snapshot`) AS `_snapshot`
FROM retail.hourly_sales_summary AS hours
WHERE transaction_type = 'SALE'
GROUP BY hour
ORDER BY hour DESC
COMMENT 'One row per hour: its sales'
