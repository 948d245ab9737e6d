-- Purpose: what moved in a range of hours
-- Grain:   one row per transaction type
SELECT
    transaction_type,
    sum(hours.transaction_count) AS transaction_count,
    sum(hours.total_quantity) AS total_quantity,
    sum(hours.total_revenue) AS total_revenue,
    any(hours.`_snapshot`) AS `_snapshot`
FROM retail.hourly_sales_summary AS hours
WHERE hour >= {from:DateTime('UTC')} AND hour < {to:DateTime('UTC')}
GROUP BY transaction_type
ORDER BY transaction_type
