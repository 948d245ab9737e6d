-- Purpose: the lake's events up to a snapshot, read in place
-- Grain:   one row per valid event below the tidemark
-- Reads:   the pinned Iceberg table
CREATE OR REPLACE VIEW retail.retail_events_historical SQL SECURITY DEFINER AS
SELECT
    CAST(event_time, 'DateTime(\'UTC\')') AS event_time,
    CAST(store_id, 'Int32') AS store_id,
    CAST(product_id, 'String') AS product_id,
    CAST(category, 'String') AS category,
    CAST(transaction_type, 'String') AS transaction_type,
    CAST(quantity, 'Int32') AS quantity,
    CAST(unit_price, 'Decimal(18, 4)') AS unit_price,
    CAST(event_id, 'Nullable(String)') AS event_id,
    toUInt64({{snapshot}}) AS `_snapshot`
FROM {{lake_table}}
WHERE {{is_readable}}
COMMENT 'One row per valid retail event that the lake holds'
