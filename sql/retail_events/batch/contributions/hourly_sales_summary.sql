-- Purpose: what a range of events adds to retail.hourly_sales_summary
-- Grain:   one row per hour, store, category and transaction type
SELECT
    toStartOfHour(event_time) AS hour,
    store_id,
    category,
    transaction_type,
    count() AS transaction_count,
    sum(toInt64(quantity)) AS total_quantity,
    sum(CAST(unit_price, 'Decimal(38, 4)') * quantity) AS total_revenue,
    sum(CAST(unit_price, 'Decimal(38, 4)')) AS total_unit_price
FROM {{events}}
WHERE {{range}}
GROUP BY hour, store_id, category, transaction_type
