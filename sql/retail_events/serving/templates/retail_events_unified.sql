-- Purpose: every valid event once: the lake below the tidemark, the hot table from it
-- Grain:   one row per valid event that was delivered
-- Reads:   the pinned Iceberg table, retail.retail_events_realtime
CREATE OR REPLACE VIEW retail.retail_events_unified SQL SECURITY DEFINER AS
SELECT
    CAST(event_time, 'DateTime(\'UTC\')') AS event_time,
    CAST(store_id, 'Int32') AS store_id,
    CAST(product_id, 'String') AS product_id,
    CAST(category, 'String') AS category,
    CAST(transaction_type, 'String') AS transaction_type,
    CAST(quantity, 'Int32') AS quantity,
    CAST(unit_price, 'Decimal(18, 4)') AS unit_price,
    CAST(event_id, 'Nullable(String)') AS event_id,
    'historical' AS source,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM {{lake_table}}
WHERE {{is_readable}}
UNION ALL
SELECT
    event_time,
    store_id,
    product_id,
    CAST(category, 'String') AS category,
    CAST(transaction_type, 'String') AS transaction_type,
    quantity,
    unit_price,
    event_id,
    'realtime' AS source,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM {{hot_events}}
COMMENT 'One row per valid retail event, each counted once'
