-- Purpose: daily product performance, live: gold up to the snapshot and the hot tail above it
-- Grain:   one row per day, product, category and transaction type
-- Reads:   retail.daily_product_performance_gold, retail.retail_events_realtime
CREATE OR REPLACE VIEW retail.daily_product_performance SQL SECURITY DEFINER AS
SELECT
    date,
    product_id,
    category,
    transaction_type,
    sum(events.transaction_count) AS transaction_count,
    sum(events.total_quantity) AS total_quantity,
    sum(events.total_revenue) AS total_revenue,
    CAST(sum(events.total_unit_price) / sum(events.transaction_count), 'Decimal(38, 4)') AS avg_unit_price,
    sum(events.total_unit_price) AS total_unit_price,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM
(
    SELECT
        date,
        product_id,
        category,
        transaction_type,
        transaction_count,
        total_quantity,
        total_revenue,
        total_unit_price
    FROM retail.daily_product_performance_gold
    WHERE segment IN ({{segments}}) AND {{is_readable}}
    UNION ALL
    {{hot_contribution}}
) AS events
GROUP BY date, product_id, category, transaction_type
COMMENT 'One row per day, product, category and transaction type'
